/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel context: its saved stack pointer (registers lie on the stack) and what it is to run. */
#ifndef _ASM_LKL_PROCESSOR_H
#define _ASM_LKL_PROCESSOR_H

#include <asm/page.h>
#include <asm/ptrace.h>
#include <linux/linkage.h>

/* All of the program's memory counts as user memory: there is no isolation. */
#define TASK_SIZE		(~0UL)
#define TASK_SIZE_MAX		TASK_SIZE
#define TASK_UNMAPPED_BASE	0
#define STACK_TOP		TASK_SIZE
#define STACK_TOP_MAX		TASK_SIZE

struct thread_struct {
	void	*sp;
	int	(*entry)(void *arg);
	void	*arg;
};

#define INIT_THREAD	{ }

struct task_struct;

unsigned long __get_wchan(struct task_struct *task);

static inline void cpu_relax(void)
{
	asm volatile("pause" : : : "memory");
}

static inline void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp)
{
}

#define KSTK_EIP(task)		0UL
#define KSTK_ESP(task)		0UL
#define task_pt_regs(task)	((struct pt_regs *)(task_stack_page(task) + THREAD_SIZE) - 1)

#endif
