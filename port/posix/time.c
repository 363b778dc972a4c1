/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract's time hooks, over whichever clock the process was started
 * with: the tick grid (a point each UNIT_NS after the start), the kernel's one
 * timer, and the option --until.
 */
#include "posix.h"

static UD wish = NS_NEVER;		/* when kernel_timer_interrupt is wanted */
static UD latest;			/* the wish that was last fulfilled */

TICK port_time(void)
{
	return port_clock->now() / UNIT_NS;
}

static UD time_next(void)
{
	UD next = wish < budget_due ? wish : budget_due;

	return next < port_options.until ? next : port_options.until;
}

void time_program(void)
{
	port_clock->program(time_next());
}

void port_timer_set(TICK at)
{
	wish = at > NS_NEVER / UNIT_NS ? NS_NEVER : at * UNIT_NS;
	time_program();
}

bool time_is_due(void)
{
	UD next = time_next();

	return next != NS_NEVER && port_clock->now() >= next;
}

bool time_interrupt(void)
{
	UD now = port_clock->now();

	if (now >= port_options.until)
		port_stop(0);
	if (now < wish)
		return false;
	latest = wish;
	wish = NS_NEVER;
	budget_handler_begin("time event handler at tick", now / UNIT_NS);
	kernel_timer_interrupt(now / UNIT_NS);
	budget_handler_end();
	if (wish == NS_NEVER)
		time_program();
	return true;
}

UD port_cycles(void)
{
	return port_clock->now();
}

UD port_cycles_to_ns(UD cyc)
{
	return cyc;
}

UD port_timer_latency(void)
{
	return port_clock->now() - latest;
}

void port_spin(UD ns)
{
	port_clock->spin(ns);
}
