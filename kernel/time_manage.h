/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's clock and what it does to time events. The current tick is the
 * port's, or, in a tick-driven build, the number of isig_tim calls: the only
 * place where the two builds differ is CLOCK_TICK_DRIVEN. Every caller has
 * interrupts masked.
 */
#pragma once

#include "timer_queue.h"

#ifdef UNITRON_TICK_DRIVEN
#define CLOCK_TICK_DRIVEN	true
#else
#define CLOCK_TICK_DRIVEN	false
#endif

struct clock {
	SYSTIM	offset;			/* system time less current tick: set by set_tim */
	TICK	armed;			/* when the port's timer interrupts, at the latest; 0: no need to tell it */
	TICK	tick;			/* tick-driven: the current tick */
	TICK	next_tick;		/* tick-driven: the grid point for which the port's timer is set */
	bool	firing;			/* tick-driven: time events are being run */
};

extern struct clock kernel_clock;

void	kernel_clock_initialize(void);
/* At the end of the initialisation: set the port's timer for the first event. */
void	kernel_clock_start(void);

static inline TICK clock_now(void)
{
	return CLOCK_TICK_DRIVEN ? kernel_clock.tick : port_time();
}

/*
 * Register event, which is not registered, time units from now. They count
 * from the next tick: now lies somewhere after the current one, so that an
 * event at tick now + time could be up to one unit early.
 */
static inline void time_event_start(struct timer_event *event, RELTIM time)
{
	TICK due = clock_now() + 1 + time;				/* [TIM-2] */

	kernel_timer_insert(event, due);
	if (!CLOCK_TICK_DRIVEN && due < kernel_clock.armed) {
		kernel_clock.armed = due;
		port_timer_set(due);
	}
}

/*
 * Take event out if it is registered. The port's timer keeps its setting: an
 * interrupt that finds nothing due costs less than setting it each time.
 */
static inline void time_event_stop(struct timer_event *event)
{
	if (timer_registered(event))
		kernel_timer_remove(event);
}
