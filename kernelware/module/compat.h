/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between kernel versions, 6.1 to 6.12, for C and assembly. */
#pragma once

#include <linux/version.h>
#include <asm/thread_info.h>

/* 6.13 and later */
#ifndef _TIF_NEED_RESCHED_LAZY
#define COMPAT_TIF_NEED_RESCHED_LAZY	0
#else
#define COMPAT_TIF_NEED_RESCHED_LAZY	_TIF_NEED_RESCHED_LAZY
#endif

#ifdef __ASSEMBLY__
#include <asm/asm-offsets.h>
#include <asm/percpu.h>
#include <asm/unwind_hints.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_CURRENT		PER_CPU_VAR(pcpu_hot + X86_current_task)
#define COMPAT_UNWIND_NONE	UNWIND_HINT_UNDEFINED
#else
#define COMPAT_CURRENT		PER_CPU_VAR(current_task)
#define COMPAT_UNWIND_NONE	UNWIND_HINT_EMPTY
#endif
#else

#include <linux/sched.h>

/* The per-CPU variable that holds the top of the current kernel stack: its symbol, and where in it */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_STACK_SYMBOL	"pcpu_hot"
#define COMPAT_STACK_OFFSET	offsetof(struct pcpu_hot, top_of_stack)
#else
#define COMPAT_STACK_SYMBOL	"cpu_current_top_of_stack"
#define COMPAT_STACK_OFFSET	0
#endif

/* CR4: flexible return and event delivery; linear address space separation; control-flow enforcement */
#define COMPAT_CR4_FRED		(1ULL << 32)
#define COMPAT_CR4_LASS		(1ULL << 27)
#define COMPAT_CR4_CET		(1ULL << 23)

/* Threads of a process that never run user code */
#ifdef PF_USER_WORKER
#define COMPAT_PF_WORKER	(PF_IO_WORKER | PF_USER_WORKER)
#else
#define COMPAT_PF_WORKER	PF_IO_WORKER
#endif

/* Has the thread a user shadow stack? */
static inline bool compat_shadow_stack(struct task_struct *task)
{
#ifdef CONFIG_X86_USER_SHADOW_STACK
	return task->thread.features;
#else
	return false;
#endif
}

#endif
