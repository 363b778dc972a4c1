/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The port's time: regular intervals, waits that are neither short nor long,
 * waits beyond what a 32-bit counter holds, the clock against the time-stamp
 * counter.
 */
#include <stdbool.h>

#include "time.h"
#include "../check.h"
#include "kernel_id.h"

#define NS_PER_MS	1000000UL
#define INTERVALS	200
#define JITTER		30UL		/* ns */
#define LATENCY		200UL

#ifdef UNITRON_UNIT_US
#define NS_PER_UNIT	1000UL
#else
#define NS_PER_UNIT	1000000UL
#endif

static volatile UINT count;
static UD previous, shortest = ~(UD)0, longest, latest;

void cycle_handler(VP_INT exinf)
{
	UD late = vget_lat();
	UD now = vget_cyc();

	if (count > 0) {
		UD interval = vcyc_ns(now - previous);

		shortest = interval < shortest ? interval : shortest;
		longest = interval > longest ? interval : longest;
	}
	latest = late > latest ? late : latest;
	previous = now;
	if (++count > INTERVALS)
		iwup_tsk(TIME_TASK);
}

/* Idle between the interrupts, then in the midst of a task's instructions. */
static void check_intervals(bool busy)
{
	count = 0;
	shortest = ~(UD)0;
	longest = 0;
	latest = 0;
	CHECK(sta_cyc(CYCLE) == E_OK);
	while (busy && count <= INTERVALS)
		;
	CHECK(slp_tsk() == E_OK);
	CHECK(stp_cyc(CYCLE) == E_OK);
	while (can_wup(TSK_SELF) > 0)
		;
	CHECK_BETWEEN(NS_PER_MS - JITTER, shortest, NS_PER_MS);
	CHECK_BETWEEN(NS_PER_MS, longest, NS_PER_MS + JITTER);
	CHECK_BETWEEN(1, latest, LATENCY);
}

/* From just behind a grid point: a wait of n units lasts n + 1 of them, nearly. */
static void check_wait(RELTIM units)
{
	SYSTIM from, to;
	UD start, lasted;

	CHECK(dly_tsk(0) == E_OK);
	start = vget_cyc();
	CHECK(get_tim(&from) == E_OK);
	CHECK(dly_tsk(units) == E_OK);
	lasted = vcyc_ns(vget_cyc() - start);
	CHECK(get_tim(&to) == E_OK);
	CHECK_BETWEEN(from + units + 1, to, from + units + 1 + 5000 / NS_PER_UNIT);
	CHECK_BETWEEN((UD)units * NS_PER_UNIT, lasted, (UD)(units + 1) * NS_PER_UNIT + lasted / 1000000 + 5000);
}

/* vspn_tim uses up time, and the interrupts in between are not its own. */
static void check_spin(void)
{
	UD start = vget_cyc();

	vspn_tim(3 * NS_PER_MS);
	CHECK_BETWEEN(3 * NS_PER_MS, vcyc_ns(vget_cyc() - start), 3 * NS_PER_MS + 5000);
	CHECK(loc_cpu() == E_OK);
	start = vget_cyc();
	vspn_tim(NS_PER_MS);
	CHECK_BETWEEN(NS_PER_MS, vcyc_ns(vget_cyc() - start), NS_PER_MS + 2000);
	CHECK(unl_cpu() == E_OK);
}

/* An event that comes due while the CPU is locked comes as soon as it is not. */
static void check_locked(void)
{
	count = 0;
	CHECK(sta_cyc(CYCLE) == E_OK);
	CHECK(loc_cpu() == E_OK);
	vspn_tim(3 * NS_PER_MS + NS_PER_MS / 2);
	CHECK(count == 0);
	CHECK(unl_cpu() == E_OK);
	CHECK_BETWEEN(2, count, 4);
	CHECK(stp_cyc(CYCLE) == E_OK);
}

void time_task(VP_INT exinf)
{
	static const RELTIM waits[] = {
		1, 2, 10, MSEC(1), MSEC(2), MSEC(100), MSEC(999), MSEC(5368), MSEC(10737), MSEC(21474), MSEC(42949), MSEC(42950),
		MSEC(50000), MSEC(85899), MSEC(130000), MSEC(600000),
	};

	check_intervals(false);
	check_intervals(true);
	for (UINT i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		check_wait(waits[i]);
	/* Across several rounds of a 32-bit counter in steps that do not divide it. */
	for (UINT i = 0; i < 20; i++)
		check_wait(MSEC(7777));
	check_intervals(false);
	check_spin();
	check_locked();
	vstp_sys(0);
}
