/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System time (specification 4.7.1) and the timer interrupt. Tickless: the
 * port interrupts at the tick of the first time event. Tick-driven
 * (UNITRON_TICK_DRIVEN): it interrupts at each grid point, and the
 * application's handler of interrupt INTNO_TICK calls isig_tim; without one
 * the kernel does.
 *
 * Time events run in the handler context, in order of (due, registration),
 * until none is due. They register no event but postpone themselves: no call
 * for handlers starts one.
 */
#include "interrupt.h"
#include "service.h"
#include "time_manage.h"

struct clock kernel_clock;

void kernel_clock_initialize(void)
{
	kernel_clock.offset = 0;					/* [TIM-1] */
	kernel_clock.armed = 0;
	kernel_clock.tick = 0;
	kernel_clock.next_tick = 1;
	kernel_clock.firing = false;
	kernel_timer_initialize();
}

/* Set the port's timer for the first event. */
static void arm(void)
{
	struct timer_event *first = timer_first();

	kernel_clock.armed = first ? first->due : TICK_NEVER;
	port_timer_set(kernel_clock.armed);
}

void kernel_clock_start(void)
{
	if (CLOCK_TICK_DRIVEN)
		port_timer_set(kernel_clock.next_tick);
	else
		arm();
}

void kernel_timer_interrupt(TICK now)
{
	struct timer_event *event;

	if (CLOCK_TICK_DRIVEN) {
		/* The next grid point, not the one after now: a late interrupt loses no tick. */
		kernel_clock.next_tick++;
		if (kernel_interrupt_handled(INTNO_TICK))
			kernel_interrupt(INTNO_TICK);			/* [TIM-9] */
		else
			isig_tim();					/* [TIM-11] */
		port_timer_set(kernel_clock.next_tick);
		return;
	}
	while ((event = timer_first()) && event->due <= now)
		event->fire(event);					/* [TIM-3] [TIM-4] */
	arm();
}

/*
 * set_tim - set the system time, in time units. Relative times and periods
 * that are under way do not change. Task context. E_CTX; E_PAR: p_systim is
 * NULL. Specification 4.7.1.
 */
ER set_tim(const SYSTIM *p_systim)
{
	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!p_systim)
		return E_PAR;						/* [CTX-7] */
	port_lock();
	kernel_clock.offset = *p_systim - clock_now();			/* [TIM-5] [TIM-6] */
	leave();
	return E_OK;
}

/*
 * get_tim - the system time, in time units. Task context. E_CTX; E_PAR:
 * p_systim is NULL. Specification 4.7.1.
 */
ER get_tim(SYSTIM *p_systim)
{
	SYSTIM now;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!p_systim)
		return E_PAR;						/* [CTX-7] */
	port_lock();
	now = kernel_clock.offset + clock_now();
	leave();
	*p_systim = now;						/* [TIM-7] */
	return E_OK;
}

/*
 * isig_tim - one time unit has passed; runs the time events that are due now.
 * Handler context, tick-driven build. E_CTX; E_NOSPT: the kernel keeps time
 * itself in this build. Specification 4.7.1.
 */
ER isig_tim(void)
{
	struct timer_event *event;

	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!CLOCK_TICK_DRIVEN)
		return E_NOSPT;						/* [TIM-8] */
	kernel_clock.tick++;						/* [TIM-10] */
	/* Called by a time event's handler: the loop below is already under way. */
	if (kernel_clock.firing)
		return E_OK;
	kernel_clock.firing = true;
	while ((event = timer_first()) && event->due <= kernel_clock.tick)
		event->fire(event);
	kernel_clock.firing = false;
	return E_OK;
}
