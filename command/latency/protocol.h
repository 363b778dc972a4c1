/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the application `latency` and the command `unitron latency`:
 *
 *	LATENCY_CONTROL	a data queue to the application. A datum, the number of a
 *			run above a period in us, has it measure with that period
 *			from now on; with period 0, no longer.
 *	LATENCY		a ring of samples from it, one for each start
 */
#pragma once

#include <stdint.h>
#include "periods.h"

#define LATENCY_SLOTS	16384	/* of the ring: 1.6 s of the shortest period */

struct latency_sample {
	uint64_t start;		/* ns of vget_cyc's clock: the handler has started */
	uint32_t run;
	uint32_t number;	/* from 0 in each run: a gap is samples that found the ring full */
	uint32_t handler;	/* ns from the timer event to the handler's start; at most UINT32_MAX */
	uint32_t task;		/* and to that of the task that the handler woke */
};
