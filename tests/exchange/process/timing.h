/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How evenly the application's handler was started since somebody last asked:
 * who sets the bit TIMING_ASK in ASK gets it through the data queue TIMING. How far
 * the furthest interval was off the period, ns; how many periods passed
 * without a start; the greatest latency of the handler, ns; then for each value, in ns off
 * the period, the value and how many intervals had it, those over TIMING_REACH
 * with its sign counted as that; TIMING_END.
 */
#pragma once

#include <stdint.h>

#define STATUS_ASK	1U
#define TIMING_ASK	2U
#define TIMING_REACH	20000
#define TIMING_END	INT64_MAX
#define TIMING_VALUES	1000		/* more different ones nobody wants to know */

struct timing {
	int64_t furthest, lost, latency;
	int64_t n;
	double	mean, sd;		/* ns off the period */
	int	values;
	int64_t value[TIMING_VALUES], count[TIMING_VALUES];
};

/* For a process: 0 or -errno. */
int	timing_get(struct timing *timing);
