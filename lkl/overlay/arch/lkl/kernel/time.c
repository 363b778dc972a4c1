// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks: the host's monotonic time is clock source and scheduler clock; the
 * next event is a deadline in lkl_cpu, for which some host thread sleeps.
 */
#include <linux/clockchips.h>
#include <linux/clocksource.h>
#include <linux/delay.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>
#include "lkl.h"

static u64 source_read(struct clocksource *source)
{
	return lkl_ops->now_ns();
}

static struct clocksource source = {
	.name	= "host",
	.rating	= 400,
	.read	= source_read,
	.mask	= CLOCKSOURCE_MASK(64),
	.flags	= CLOCK_SOURCE_IS_CONTINUOUS | CLOCK_SOURCE_VALID_FOR_HRES,
};

static int event_next(unsigned long ns, struct clock_event_device *device)
{
	WRITE_ONCE(lkl_cpu.deadline, lkl_ops->now_ns() + ns);
	return 0;
}

static int event_off(struct clock_event_device *device)
{
	WRITE_ONCE(lkl_cpu.deadline, LKL_NEVER);
	return 0;
}

static struct clock_event_device event = {
	.name			= "host",
	.rating			= 400,
	.features		= CLOCK_EVT_FEAT_ONESHOT,
	.set_next_event		= event_next,
	.set_state_oneshot	= event_off,
	.set_state_shutdown	= event_off,
};

void lkl_timer_irq(void)
{
	event.event_handler(&event);
}

unsigned long long sched_clock(void)
{
	return lkl_ops->now_ns();
}

void read_persistent_clock64(struct timespec64 *time)
{
	*time = ns_to_timespec64(lkl_ops->wall_ns());
}

void __init time_init(void)
{
	event.cpumask = cpumask_of(0);
	clocksource_register_hz(&source, NSEC_PER_SEC);
	clockevents_config_and_register(&event, NSEC_PER_SEC, 1, LONG_MAX);
}

/* Delays go by the clock: nothing to calibrate. */
void calibrate_delay(void)
{
	loops_per_jiffy = NSEC_PER_SEC / HZ;
}

void __delay(unsigned long ns)
{
	u64 end = lkl_ops->now_ns() + ns;

	while (lkl_ops->now_ns() < end)
		cpu_relax();
}

void __ndelay(unsigned long ns)
{
	__delay(ns);
}

void __udelay(unsigned long us)
{
	__delay(us * NSEC_PER_USEC);
}

/* us * 2^32 / 10^6, as <asm-generic/delay.h> passes it: in ns it is x * 10^9 / 2^32, with 4295 * 10^6 near 2^32. */
void __const_udelay(unsigned long x)
{
	__delay(x * 1000 / 4295);
}
