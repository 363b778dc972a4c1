/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ready queue: a ring for each priority and a bit for each ring that is
 * not empty, so that the first ready task is found in a fixed number of
 * instructions. The running task stays in the ready queue, at the head of its
 * ring unless something more urgent is about to run.
 * Invariant: kernel.scheduled is the first task of the first ring that is not
 * empty, NULL if all are empty; each function here re-establishes it.
 * Every caller has interrupts masked.
 */
#pragma once

#include "task.h"

struct ready_queue {
	UD	levels;				/* bit p: level[p] is not empty */
	struct kernel_queue level[TMAX_TPRI + 1];	/* by priority; element 0 unused */
};

extern struct ready_queue kernel_ready;

void	kernel_ready_initialize(void);
/* Move the first task of priority pri, if any, behind its equals. */
void	kernel_ready_rotate(PRI pri);
/* Give task, which is ready, priority pri: before its new equals if first, else behind them. */
void	kernel_ready_change(struct task *task, PRI pri, bool first);

static inline struct task *ready_first(void)
{
	if (!kernel_ready.levels)
		return NULL;
	return container_of(kernel_ready.level[__builtin_ctzll(kernel_ready.levels)].next, struct task, link);
}

/* Task has become ready: it goes behind its equals. */
static inline void ready_append(struct task *task)
{
	PRI pri = task->pri;

	queue_append(&kernel_ready.level[pri], &task->link);		/* [SCH-2] */
	kernel_ready.levels |= (UD)1 << pri;
	if (!kernel.scheduled || pri < kernel.scheduled->pri)		/* [SCH-1] [SCH-3] */
		kernel.scheduled = task;
}

/* Task is no longer ready. */
static inline void ready_remove(struct task *task)
{
	PRI pri = task->pri;

	queue_remove(&task->link);
	if (queue_empty(&kernel_ready.level[pri]))
		kernel_ready.levels &= ~((UD)1 << pri);
	if (kernel.scheduled == task)
		kernel.scheduled = ready_first();			/* [SCH-1] */
}
