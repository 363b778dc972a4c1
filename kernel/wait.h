/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting. Every object that tasks wait for begins with a struct waitable
 * (a data queue has two), so that waiting, time-out, release by force and a
 * change of priority are written once, here and in wait.c, whatever the
 * object. Every caller has interrupts masked.
 */
#pragma once

#include "schedule.h"
#include "service.h"
#include "time_manage.h"
#include "waitable.h"

/* End the wait of task otherwise than by its object: time-out, rel_wai. */
void	kernel_wait_cancel(struct task *task, ER result);
/* The same for a task that ends: it does not become ready. */
void	kernel_wait_abandon(struct task *task);
/* The time-out of a waiting task. */
void	kernel_wait_timeout(struct timer_event *event);
/* Insert a task into a queue ordered by priority, behind its equals. */
void	kernel_wait_insert(struct waitable *object, struct task *task);
/* Give task, which waits, priority pri, and its new place in the queue. */
void	kernel_wait_change(struct task *task, PRI pri);

static inline void waitable_init(struct waitable *object, bool by_priority)
{
	queue_init(&object->waiters);
	object->by_priority = by_priority;
}

/* The task that is to be served first, or NULL. */
static inline struct task *first_waiter(const struct waitable *object)
{
	if (queue_empty(&object->waiters))
		return NULL;
	return container_of(object->waiters.next, struct task, link);
}

/* Take the running task out of the ready queue. kind: TTW_*. */
static inline void wait_begin(STAT kind)
{
	struct task *self = kernel.running;

	ready_remove(self);
	self->state = TTS_WAI;
	self->wait_kind = kind;
	self->wait_object = NULL;
}

/* Have the running task wait for object. */
static inline void wait_for(struct waitable *object, STAT kind, TMO tmout)
{
	struct task *self = kernel.running;

	wait_begin(kind);
	self->wait_object = object;
	if (object->by_priority)
		kernel_wait_insert(object, self);			/* [WAI-2] */
	else
		queue_append(&object->waiters, &self->link);		/* [WAI-1] */
	if (tmout != TMO_FEVR)
		time_event_start(&self->timer, (RELTIM)tmout);		/* [WAI-4] [WAI-7] */
}

/*
 * Leave the running task, which wait_begin or wait_for was called for; unlock
 * when it is back. Returns what the wait ended with and, if value is not NULL,
 * what was handed over: both are taken before task exceptions run, since their
 * routine may itself wait.
 */
static inline ER wait_sleep(VP_INT *value)
{
	struct task *self = kernel.running;
	ER result;

	port_dispatch();
	result = self->wait_result;
	if (value)
		*value = self->wait_value;
	if (self->tex_due)
		kernel_tex_run();					/* [TEX-8] */
	port_unlock();
	return result;
}

/* End the wait of task by its object: it becomes ready, or is suspended only. */
static inline void wait_release(struct task *task, ER result)
{
	if (task->wait_object)
		queue_remove(&task->link);
	if (timer_registered(&task->timer))
		kernel_timer_remove(&task->timer);
	task->wait_result = result;
	if (task->state == TTS_WAI) {
		task->state = TTS_RDY;
		ready_append(task);					/* [SCH-2] */
	} else {
		task->state = TTS_SUS;					/* [WAI-5] */
	}
}
