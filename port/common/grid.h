/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tick grid: grid point n lies n periods after the base, on the scale of
 * a free-running counter. The period is a fixed-point number (32.32) of
 * counter units, so that no drift adds up; a point that falls between two
 * counter values is rounded up. Hence the invariant that timer code relies on:
 *
 *	grid_tick(g, c) >= n  if and only if  c >= grid_counter(g, n)
 *
 * A struct grid is constant after grid_init: any context may read it. Nothing
 * here divides except grid_init and grid_ratio, and those need no library.
 */
#pragma once

#include <stdint.h>

struct grid {
	uint64_t base;			/* the counter at tick 0 */
	uint64_t period;		/* counter units a tick, 32.32 */
	uint64_t inverse;		/* 2^96 / period, rounded down */
};

/* High and low words divided by divisor, rounded down; the quotient must fit 64 bits (high < divisor). */
static inline uint64_t grid_divide(uint64_t high, uint64_t low, uint64_t divisor)
{
	uint64_t quotient = 0;

	for (int bit = 63; bit >= 0; bit--) {
		uint64_t carry = high >> 63;

		high = high << 1 | low >> 63;
		low <<= 1;
		quotient <<= 1;
		if (carry || high >= divisor) {
			high -= divisor;
			quotient |= 1;
		}
	}
	return quotient;
}

/*
 * numerator / denominator in 32.32, rounded down. The quotient must be below
 * 2^32. For the period from a frequency: grid_ratio(hertz, ticks_per_second).
 */
static inline uint64_t grid_ratio(uint64_t numerator, uint64_t denominator)
{
	return grid_divide(numerator >> 32, numerator << 32, denominator);
}

/* Tick 0 is at counter_now; a tick has at least one counter unit. */
static inline void grid_init(struct grid *grid, uint64_t counter_now, uint64_t units_per_tick_32_32)
{
	grid->base = counter_now;
	grid->period = units_per_tick_32_32;
	grid->inverse = UINT64_MAX;		/* of exactly 1: 2^64, which does not fit */
	if (units_per_tick_32_32 > (uint64_t)1 << 32)
		grid->inverse = grid_divide((uint64_t)1 << 32, 0, units_per_tick_32_32);
}

/* The first counter value that belongs to tick. The tick must be one that the 64-bit counter reaches. */
static inline uint64_t grid_counter(const struct grid *grid, uint64_t tick)
{
	unsigned __int128 offset = (unsigned __int128)tick * grid->period;

	return grid->base + (uint64_t)((offset + UINT32_MAX) >> 32);
}

/* The tick that counter (not before the base) belongs to. */
static inline uint64_t grid_tick(const struct grid *grid, uint64_t counter)
{
	uint64_t tick = (uint64_t)((unsigned __int128)(counter - grid->base) * grid->inverse >> 64);

	/* The inverse errs by less than one unit in 2^64: the product is right or one too small. */
	return grid_counter(grid, tick + 1) <= counter ? tick + 1 : tick;
}
