/* SPDX-License-Identifier: BSD-2-Clause */
/* What the benches measure with: time, and the median of some rounds. */
#ifndef TESTS_LKL_BENCH_FIGURES_H
#define TESTS_LKL_BENCH_FIGURES_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

/* In seconds */
static inline double now(void)
{
	return now_ns() / 1e9;
}

static inline int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts the values. */
static inline double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_value);
	return values[count / 2];
}

#endif
