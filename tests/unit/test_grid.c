/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unit test of port/common/grid.h (TAP): the arithmetic between ticks and
 * counter values, against 128-bit division. Every period is one that a port
 * can meet: HPETs of 10, 14.3 and 25 MHz, TSCs, nanoseconds, and the limits.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../port/common/grid.h"

typedef unsigned __int128 u128;

static unsigned int tests, failures;
static uint64_t state = 88172645463325252u;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void report(int good, const char *what, uint64_t detail)
{
	tests++;
	failures += !good;
	printf("%sok %u - %s %llu\n", good ? "" : "not ", tests, what, (unsigned long long)detail);
}

static uint64_t true_tick(const struct grid *grid, uint64_t counter)
{
	return (uint64_t)(((u128)(counter - grid->base) << 32) / grid->period);
}

static uint64_t true_counter(const struct grid *grid, uint64_t tick)
{
	return grid->base + (uint64_t)(((u128)tick * grid->period + UINT32_MAX) >> 32);
}

/* Around each of many grid points: the point is the first counter value of its tick. */
static int points_exact(const struct grid *grid, uint64_t limit)
{
	for (int i = 0; i < 20000; i++) {
		uint64_t tick = i < 5000 ? (uint64_t)i : any() % limit;
		uint64_t point = grid_counter(grid, tick);

		if (point != true_counter(grid, tick) || grid_tick(grid, point) < tick)
			return 0;
		if (tick > 0 && grid_tick(grid, point - 1) >= tick)
			return 0;
	}
	return 1;
}

static int ticks_exact(const struct grid *grid)
{
	for (int i = 0; i < 20000; i++) {
		uint64_t counter = grid->base + (any() >> (1 + i % 60));

		if (grid_tick(grid, counter) != true_tick(grid, counter))
			return 0;
	}
	return 1;
}

static void test_period(uint64_t period)
{
	struct grid grid;
	uint64_t limit = (uint64_t)(((u128)UINT64_MAX << 31) / period);

	grid_init(&grid, any() >> 8, period);
	report(grid_tick(&grid, grid.base) == 0, "base is tick 0, period", period);
	report(points_exact(&grid, limit - 1), "points are the first of their tick, period", period);
	report(ticks_exact(&grid), "ticks agree with division, period", period);
}

static void test_ratio(void)
{
	int good = 1;

	for (int i = 0; i < 20000; i++) {
		uint64_t den = (any() >> (i % 40)) | 1;
		uint64_t num = (uint64_t)((u128)den * (any() >> 33)) | 1;

		if (num / den < UINT64_C(1) << 32)
			good &= grid_ratio(num, den) == (uint64_t)(((u128)num << 32) / den);
	}
	report(good, "ratio agrees with division, cases", 20000);
}

/* A year of milliseconds at a third of a unit each way stays within one unit. */
static void test_drift(void)
{
	struct grid grid;
	uint64_t year = UINT64_C(365) * 86400 * 1000;
	uint64_t fs = 69841279;			/* the 14.318 MHz HPET */
	uint64_t point, exact;

	grid_init(&grid, 0, grid_ratio(UINT64_C(1000000000000), fs));
	point = grid_counter(&grid, year);
	exact = (uint64_t)((u128)year * UINT64_C(1000000000000) / fs);
	report(exact - point < 10 || point - exact < 10, "drift in a year below 10 units, off by",
		exact > point ? exact - point : point - exact);
}

int main(void)
{
	static const uint64_t hertz[] = {
		1000000, 10000000, 14318180, 25000000, 100000000, 1000000000, 2099999999, 3892731000
	};

	for (unsigned int i = 0; i < sizeof(hertz) / sizeof(hertz[0]); i++) {
		test_period(grid_ratio(hertz[i], 1000));
		test_period(grid_ratio(hertz[i], 1000000));
	}
	test_period(UINT64_C(1) << 32);
	test_period((UINT64_C(1) << 32) + 1);
	test_period(UINT64_MAX);
	test_ratio();
	test_drift();
	printf("1..%u\n", tests);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
