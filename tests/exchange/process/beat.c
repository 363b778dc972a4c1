/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How evenly the application's own handler is started, whatever processes do:
 * an exact histogram of how far the intervals between its starts are off the
 * period. What processes get of it: timing.h.
 *
 * The handler owns everything here while measuring is set, the reporting task
 * else.
 */
#include "echo.h"
#include "kernel_id.h"
#include "timing.h"

#define PERIOD_NS	1000000
#define WARM_UP		20		/* starts after a start of the application that do not count */

static volatile BOOL measuring = TRUE;
static UINT started;			/* since the application was */
static UD last;				/* start of the handler, in cycles */
static UW histogram[2 * TIMING_REACH + 1];
static VP_INT furthest, lost, latest, beats;

void beat_initialize(VP_INT exinf)
{
	started = 0;
	measuring = TRUE;
}

static void measure(UD now)
{
	VP_INT interval = (VP_INT)vcyc_ns(now - last), off = interval - PERIOD_NS;
	VP_INT far = off < 0 ? -off : off;

	if (far > furthest)
		furthest = far;
	if (off > PERIOD_NS / 2)
		lost += (off + PERIOD_NS / 2) / PERIOD_NS;
	histogram[far > TIMING_REACH ? off < 0 ? 0 : 2 * TIMING_REACH : off + TIMING_REACH]++;
}

void beat(VP_INT exinf)
{
	VP_INT latency = (VP_INT)vget_lat();
	UD now = vget_cyc();

	if (measuring && started++ > WARM_UP) {
		measure(now);
		if (latency > latest)
			latest = latency;
	}
	last = now;
	beats++;
	ipsnd_dtq(BEATS, beats);
}

VP_INT beats_so_far(void)
{
	return beats;
}

/* The measurement goes on anew afterwards. */
void report_timing(void)
{
	measuring = FALSE;
	snd_dtq(TIMING, furthest);
	snd_dtq(TIMING, lost);
	snd_dtq(TIMING, latest);
	furthest = lost = latest = 0;
	for (VP_INT i = 0; i <= 2 * TIMING_REACH; i++) {
		if (histogram[i]) {
			snd_dtq(TIMING, i - TIMING_REACH);
			snd_dtq(TIMING, histogram[i]);
		}
		histogram[i] = 0;
	}
	snd_dtq(TIMING, TIMING_END);
	started = 0;
	measuring = TRUE;
}
