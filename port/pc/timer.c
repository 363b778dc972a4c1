/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ticks: the virtual grid over the counter of a timer source, and the one
 * grid point at which the kernel wants to be called. The source's one shot is
 * set to that point or, if that is out of its reach, to the edge of its reach;
 * so it also keeps coming, and the source may rely on that to extend a narrow
 * counter.
 *
 * Everything here belongs to whoever has interrupts masked; grid and source
 * are constant after the start, and shot is one word, so port_timer_latency
 * needs no mask.
 */
#include "pc.h"
#include "port/common/grid.h"

#ifdef UNITRON_UNIT_US
#define TICKS_PER_SECOND	1000000UL
#else
#define TICKS_PER_SECOND	1000UL
#endif
#define NS_PER_TICK		(1000000000UL / TICKS_PER_SECOND)
#define NEVER			UINT64_MAX

static const struct timer_source *source;
static struct grid grid;
static bool ticking;			/* the grid has its base */
static TICK first_wish = TICK_NEVER;	/* port_timer_set before that */
static UD due = NEVER;			/* counter at which the kernel wants to be called */
static bool armed;			/* the source will shoot, or has shot and the interrupt is pending */
static UD shot;				/* due of the latest timer interrupt */
static UD ns_per_count;			/* 32.32 */

/*
 * The reach is checked first: a narrow comparator takes a value that is out of
 * it for one that has passed and shoots at once, for ever.
 */
static void arm(void)
{
	UD now = source->counter();

	armed = true;
	if (due > now && due - now > source->reach) {
		source->compare(now + source->reach);
		return;
	}
	source->compare(due);
	/* The shot may be lost. The handler context sees for itself. */
	if (source->counter() >= due && !kernel.in_handler)
		lapic_raise(VECTOR_TIMER);
}

void port_timer_set(TICK at)
{
	if (!ticking) {
		first_wish = at;
		return;
	}
	due = at == TICK_NEVER ? NEVER : grid_counter(&grid, at);
	arm();
}

TICK port_time(void)
{
	return ticking ? grid_tick(&grid, source->counter()) : 0;
}

bool timer_due(void)
{
	return source->counter() >= due;
}

void timer_poll(void)
{
	UD now = source->counter();

	if (now < due)
		return;
	shot = due;
	due = NEVER;
	kernel_timer_interrupt(grid_tick(&grid, now));
}

void timer_shot(void)
{
	armed = false;
}

void timer_rearm(void)
{
	if (!armed)
		arm();
}

UD port_timer_latency(void)
{
	UD late = source->counter() - *(volatile UD *)&shot;

	return (UD)((unsigned __int128)late * ns_per_count >> 32);
}

static const struct timer_source *choose(void)
{
	static const struct timer_source *const sources[] = { &hpet_source, &lapic_source };
	const char *wish = option("timer");
	const char *why = "timer= must be hpet or lapic";

	for (unsigned int i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (wish && !option_is(wish, sources[i]->name))
			continue;
		why = sources[i]->setup();
		if (!why)
			return sources[i];
	}
	refuse(why);
}

void timer_setup(void)
{
	UD per_tick;

	source = choose();
	per_tick = source->per_tick(TICKS_PER_SECOND);
	ns_per_count = grid_divide(NS_PER_TICK, 0, per_tick);
	grid.period = per_tick;
}

void timer_start(void)
{
	grid_init(&grid, source->counter(), grid.period);
	shot = grid.base;
	ticking = true;
	port_timer_set(first_wish);
}
