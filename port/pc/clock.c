/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * High-resolution time: the time-stamp counter, whose rate is measured at the
 * start against the HPET or, without one, the PIT. Constant afterwards.
 */
#include "pc.h"
#include "port/common/grid.h"

#define PIT_HERTZ		1193182UL
#define PIT_SPAN		11932UL		/* 10 ms */
#define PIT_CHANNEL_0		0x40
#define PIT_COMMAND		0x43
#define PIT_CHANNEL_0_ONCE	0x30		/* channel 0, low byte then high, mode 0 */
#define PIT_READ_STATUS		0xe2		/* of channel 0 */
#define PIT_OUTPUT		0x80

#define HPET_MEASURES_PER_SECOND 100UL		/* each 10 ms */
#define ROUND_HERTZ		100000UL
#define ROUND_WITHIN		500000UL	/* a 500 000th: 2 ppm */

/* Longest time between two looks at the counter that a spinning context takes for its own. */
#define OWN_CYCLES		200UL

static UD hertz;
static UD ns_per_cycle;			/* 32.32 */
static UD cycles_per_ns;		/* 32.32 */

static UD measure_by_hpet(void)
{
	UD span = hpet_per_tick(HPET_MEASURES_PER_SECOND) >> 32;
	UD from, start, to, end;

	/* Begin and end at an edge of the slower counter. */
	for (from = hpet_counter(); hpet_counter() == from; )
		;
	start = rdtsc();
	from = hpet_counter();
	do {
		to = hpet_counter();
		end = rdtsc();
	} while (to - from < span);
	return (end - start) * (hpet_per_tick(1000) >> 16) / (to - from) * 1000 >> 16;
}

static bool pit_output(void)
{
	out8(PIT_COMMAND, PIT_READ_STATUS);
	return in8(PIT_CHANNEL_0) & PIT_OUTPUT;
}

/* Channel 0, whose interrupt nobody takes: the gate of channel 2 is missing on machines without a speaker. */
static UD measure_by_pit(void)
{
	UD start;

	out8(PIT_COMMAND, PIT_CHANNEL_0_ONCE);
	out8(PIT_CHANNEL_0, PIT_SPAN & 0xff);
	out8(PIT_CHANNEL_0, PIT_SPAN >> 8);
	start = rdtsc();
	if (pit_output())
		refuse("neither an HPET nor a PIT to measure the processor's clock by");
	while (!pit_output())
		;
	return (rdtsc() - start) * PIT_HERTZ / PIT_SPAN;
}

void clock_setup(void)
{
	UD rounded;

	hertz = hpet_present() ? measure_by_hpet() : measure_by_pit();
	/* Crystals are round numbers, and a measurement of 10 ms is not that sharp. */
	rounded = (hertz + ROUND_HERTZ / 2) / ROUND_HERTZ * ROUND_HERTZ;
	if ((rounded > hertz ? rounded - hertz : hertz - rounded) < hertz / ROUND_WITHIN)
		hertz = rounded;
	ns_per_cycle = grid_ratio(1000000000UL, hertz);
	cycles_per_ns = grid_ratio(hertz, 1000000000UL);
}

UD clock_tsc_hertz(void)
{
	return hertz;
}

UD port_cycles(void)
{
	return rdtsc();
}

UD port_cycles_to_ns(UD cyc)
{
	return (UD)((unsigned __int128)cyc * ns_per_cycle >> 32);
}

/* A gap between two looks is a handler or another task, whose time is not ours. */
void port_spin(UD ns)
{
	UD wanted = (UD)((unsigned __int128)ns * cycles_per_ns >> 32);
	UD used = 0;
	UD last = rdtsc();

	while (used < wanted) {
		UD now = rdtsc();

		if (now - last < OWN_CYCLES)
			used += now - last;
		last = now;
	}
}
