/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ends of a wait that are not the object's doing, and queues ordered by
 * priority: see wait.h. Only a mutex has to know when a waiter leaves it or
 * changes its priority, since its owner inherits that priority. Every caller
 * has interrupts masked.
 */
#include "wait.h"
#include "mutex.h"

void kernel_wait_insert(struct waitable *object, struct task *task)
{
	struct kernel_queue *place = &object->waiters;

	/* From the end: those that are less urgent are passed, equals are not. */
	while (place->prev != &object->waiters && container_of(place->prev, struct task, link)->pri > task->pri)
		place = place->prev;
	queue_insert(place, &task->link);				/* [WAI-2] */
}

void kernel_wait_change(struct task *task, PRI pri)
{
	struct waitable *object = task->wait_object;

	task->pri = pri;
	if (!object || !object->by_priority)
		return;
	queue_remove(&task->link);
	kernel_wait_insert(object, task);				/* [WAI-3] */
}

void kernel_wait_cancel(struct task *task, ER result)
{
	wait_release(task, result);
	if (task->wait_kind == TTW_MTX)
		kernel_mutex_waiter_left(task->wait_object);		/* [MTX-9] */
}

void kernel_wait_abandon(struct task *task)
{
	if (task->wait_object)
		queue_remove(&task->link);				/* [WAI-8] */
	if (timer_registered(&task->timer))
		kernel_timer_remove(&task->timer);
	/* In a ring of tasks that wait for each other's mutexes, what follows comes back to this one. */
	task->state = TTS_DMT;
	if (task->wait_kind == TTW_MTX)
		kernel_mutex_waiter_left(task->wait_object);		/* [MTX-9] */
}

void kernel_wait_timeout(struct timer_event *event)
{
	struct task *task = container_of(event, struct task, timer);

	/* wait_release takes the event out of the queue. */
	kernel_wait_cancel(task, task->wait_kind == TTW_DLY ? E_OK : E_TMOUT);	/* [WAI-4] [SYN-15] */
}
