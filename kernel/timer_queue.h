/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time events in the order in which they fall due. Events of the same tick
 * come in the order in which they were registered. A binary heap over
 * kernel_timer_heap[]: starting, stopping and moving an event cost log n
 * steps, looking at the first one costs nothing. Each event knows its place,
 * so that stopping it needs no search. Pure data structure: who programmes the
 * port's timer is said in time_manage.h. Every caller has interrupts masked.
 */
#pragma once

#include <unitron/port.h>

#include "config.h"

struct timer_event {
	TICK	due;
	UD	order;			/* number of the registration: decides between equal due */
	void	(*fire)(struct timer_event *event);	/* takes the event out or postpones it */
	UINT	position;		/* index in the heap plus 1; 0: not registered */
};

struct timer_queue {
	UD	registrations;
	UINT	count;
};

extern struct timer_queue kernel_timer_queue;

/* Empty the queue. The events themselves are set up by their owners: position 0 and fire. */
void	kernel_timer_initialize(void);
/* Register event, which is not registered. */
void	kernel_timer_insert(struct timer_event *event, TICK due);
/* Take out event, which is registered. */
void	kernel_timer_remove(struct timer_event *event);
/* Register the event anew that stands first, for a later time: cheaper than remove and insert. */
void	kernel_timer_postpone_first(TICK due);

static inline bool timer_registered(const struct timer_event *event)
{
	return event->position != 0;
}

/* The event that falls due first, or NULL. */
static inline struct timer_event *timer_first(void)
{
	return kernel_timer_queue.count ? kernel_timer_heap[0] : NULL;
}
