/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: alarm handlers. The order of alarms of one tick and long times are
 * tested in time.c.
 *
 * Items:
 * (A) [ALM-1] an alarm is not set at first
 * (B) [ALM-2] the handler runs almtim after sta_alm, 0 too, once, with exinf, in the handler context
 * (C) [ALM-3] when it runs the alarm is no longer set: whom the handler wakes can set it again
 * (D) [ALM-4] sta_alm on an alarm that is set: only the later call counts,
 *     whether its time is earlier or later
 * (E) [ALM-5] stp_alm: the handler does not run; on an alarm that is not set nothing happens
 * (F) [CTX-9] the longest time is TMAX_RELTIM; E_PAR leaves the alarm as it was
 *
 * Resources: MAIN (20), agent 1 (5); ALARM, OTHER, NEVER.
 */
#include "agents.h"
#include "alarm.h"
#include "kernel_id.h"

#define MS		1000000LL

static UINT runs[3];
static long long ran_at[3];
static volatile bool wrong_context;

void alarm_handler(VP_INT exinf)
{
	UINT n = (UINT)exinf - 0x4321;

	ran_at[n] = now_ns();
	runs[n]++;
	if (!sns_ctx() || get_tid(NULL) != E_CTX)
		wrong_context = true;
	iwup_tsk(AGENT1);
}

#define RUNS(id)	runs[(id) - ALARM]
#define RAN_AT(id)	ran_at[(id) - ALARM]

/* Is at the given time after began, or less than a unit later? */
static bool on_time(long long at, long long began, long long time)
{
	return at - began >= time - LATE_NS / 100 && at - began <= time + UNIT_NS + LATE_NS;
}

static void once(void)
{
	long long began;

	wait_tick();
	vspn_tim(UNIT_NS / 2);
	began = now_ns();
	check(sta_alm(ALARM, MSEC(3)), E_OK, "[ALM-2] sta_alm");
	check(sta_alm(OTHER, MSEC(5)), E_OK, "[ALM-2] sta_alm of another");
	must(dly_tsk(MSEC(4)), E_OK);
	check(RUNS(ALARM), 1, "[ALM-2] the handler has run");
	check_that(on_time(RAN_AT(ALARM), began, 3 * MS), "[ALM-2] after 3 ms");
	check(RUNS(OTHER), 0, "[ALM-2] the other has not");
	must(dly_tsk(MSEC(20)), E_OK);
	check_that(RUNS(OTHER) == 1 && on_time(RAN_AT(OTHER), began, 5 * MS), "[ALM-2] it runs after 5 ms");
	check(RUNS(ALARM), 1, "[ALM-2] each runs once");
	check(wrong_context, false, "[ALM-2] in the handler context");
	began = now_ns();
	must(sta_alm(ALARM, 0), E_OK);
	if (UNIT_NS > LATE_NS)
		check(RUNS(ALARM), 1, "[ALM-2] a time of 0: not before the next tick");
	else
		check_skip("[ALM-2] a time of 0: not before the next tick", "it may come while sta_alm returns");
	must(dly_tsk(1), E_OK);
	check_that(RUNS(ALARM) == 2 && on_time(RAN_AT(ALARM), began, 0), "[ALM-2] but then");
}

static void again(void)
{
	long long began = now_ns();

	must(sta_alm(ALARM, MSEC(4)), E_OK);
	must(dly_tsk(MSEC(2)), E_OK);
	began = now_ns();
	check(sta_alm(ALARM, MSEC(6)), E_OK, "[ALM-4] sta_alm on an alarm that is set, for later");
	must(dly_tsk(MSEC(4)), E_OK);
	check(RUNS(ALARM), 2, "[ALM-4] the earlier time no longer counts");
	must(dly_tsk(MSEC(10)), E_OK);
	check_that(RUNS(ALARM) == 3 && on_time(RAN_AT(ALARM), began, 6 * MS), "[ALM-4] the later one does, once");
	must(sta_alm(ALARM, MSEC(8)), E_OK);
	began = now_ns();
	check(sta_alm(ALARM, MSEC(2)), E_OK, "[ALM-4] sta_alm on an alarm that is set, for earlier");
	must(dly_tsk(MSEC(12)), E_OK);
	check_that(RUNS(ALARM) == 4 && on_time(RAN_AT(ALARM), began, 2 * MS), "[ALM-4] it runs then, and not a second time");
	check(sta_alm(ALARM, MSEC(3)), E_OK, "[ALM-5] set for 3 ms");
	must(dly_tsk(MSEC(1)), E_OK);
	check(stp_alm(ALARM), E_OK, "[ALM-5] stp_alm after 1 ms");
	must(dly_tsk(MSEC(10)), E_OK);
	check(RUNS(ALARM), 4, "[ALM-5] the handler does not run");
	check(stp_alm(ALARM), E_OK, "[ALM-5] stp_alm on an alarm that is not set");
	check(stp_alm(NEVER), E_OK, "[ALM-5] stp_alm on one that was never set");
	must(sta_alm(ALARM, MSEC(1)), E_OK);
	must(dly_tsk(MSEC(3)), E_OK);
	check(RUNS(ALARM), 5, "[ALM-5] it can be set again");
}

/* Agent 1 sets the alarm that has woken it. */
static ER chain_work(VP_INT times)
{
	while (times--) {
		must(sta_alm(ALARM, MSEC(2)), E_OK);
		must(slp_tsk(), E_OK);
	}
	return E_OK;
}

static void chain(void)
{
	long long began;

	RUNS(ALARM) = 0;
	wait_tick();
	began = now_ns();
	agent_start(1, chain_work, 4);
	must(dly_tsk(MSEC(30)), E_OK);
	check_that(marks() == 1 && RUNS(ALARM) == 4, "[ALM-3] whom the handler wakes sets the alarm again, four times");
	check_between(RAN_AT(ALARM) - began, 8 * MS, 8 * MS + 4 * UNIT_NS + 4 * LATE_NS, "[ALM-3] after 2 ms each");
}

static void longest(void)
{
	check(sta_alm(NEVER, TMAX_RELTIM), E_OK, "[CTX-9] sta_alm with the longest time");
	must(stp_alm(NEVER), E_OK);
	RUNS(ALARM) = 0;
	must(sta_alm(ALARM, MSEC(2)), E_OK);
	check(sta_alm(ALARM, TMAX_RELTIM + 1), E_PAR, "[CTX-9] a longer one");
	check(sta_alm(ALARM, UINT32_MAX), E_PAR, "[CTX-9] the longest that there is room for");
	must(dly_tsk(MSEC(4)), E_OK);
	check(RUNS(ALARM), 1, "[CTX-9] the earlier time still counts");
}

void main_task(VP_INT exinf)
{
	must(dly_tsk(MSEC(10)), E_OK);
	check(runs[0] + runs[1] + runs[2], 0, "[ALM-1] an alarm is not set at first");
	once();
	again();
	chain();
	longest();
	check(RUNS(NEVER), 0, "[ALM-1] one that is never set never runs");
	tap_end();
}
