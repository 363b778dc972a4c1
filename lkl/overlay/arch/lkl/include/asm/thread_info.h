/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel stacks of 16 KiB in the arena (kernel/stack.c); the flags that generic code sets on tasks. */
#ifndef _ASM_LKL_THREAD_INFO_H
#define _ASM_LKL_THREAD_INFO_H

#define THREAD_SIZE_ORDER	2
#define THREAD_SIZE		(4096 << THREAD_SIZE_ORDER)

#ifndef __ASSEMBLY__

struct thread_info {
	unsigned long	flags;
	int		preempt_count;
};

struct task_struct;

unsigned long *arch_alloc_thread_stack_node(struct task_struct *task, int node);
void arch_free_thread_stack(struct task_struct *task);

#define INIT_THREAD_INFO(task)	{ .flags = 0, .preempt_count = INIT_PREEMPT_COUNT }

#endif

#define TIF_SIGPENDING		0
#define TIF_NEED_RESCHED	1
#define TIF_NOTIFY_RESUME	2
#define TIF_NOTIFY_SIGNAL	3
#define TIF_RESTORE_SIGMASK	4
#define TIF_SYSCALL_TRACE	5
#define TIF_MEMDIE		6
#define TIF_POLLING_NRFLAG	7

#define _TIF_SIGPENDING		(1 << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED	(1 << TIF_NEED_RESCHED)
#define _TIF_NOTIFY_RESUME	(1 << TIF_NOTIFY_RESUME)
#define _TIF_NOTIFY_SIGNAL	(1 << TIF_NOTIFY_SIGNAL)
#define _TIF_POLLING_NRFLAG	(1 << TIF_POLLING_NRFLAG)

#endif
