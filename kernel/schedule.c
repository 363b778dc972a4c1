/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The less frequent operations on the ready queue: see schedule.h for its
 * form and invariant. Every caller has interrupts masked.
 */
#include "schedule.h"

struct kernel kernel;
struct ready_queue kernel_ready;

void kernel_ready_initialize(void)
{
	PRI pri;

	kernel_ready.levels = 0;
	for (pri = 0; pri <= TMAX_TPRI; pri++)
		queue_init(&kernel_ready.level[pri]);
	kernel.scheduled = NULL;
	kernel.running = NULL;
}

void kernel_ready_rotate(PRI pri)
{
	struct kernel_queue *level = &kernel_ready.level[pri];
	struct kernel_queue *first = level->next;

	if (first == level)
		return;
	queue_remove(first);
	queue_append(level, first);
	kernel.scheduled = ready_first();
}

void kernel_ready_change(struct task *task, PRI pri, bool first)
{
	ready_remove(task);
	task->pri = pri;
	if (!first) {
		ready_append(task);
		return;
	}
	queue_prepend(&kernel_ready.level[pri], &task->link);
	kernel_ready.levels |= (UD)1 << pri;
	kernel.scheduled = ready_first();
}
