/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: system time, relative times, the order of time events.
 *
 * Items:
 * (A) [TIM-1] the system time is 0 at the start
 * (B) [TIM-7] it advances by 1 each time unit
 * (C) [TIM-2] [SYN-15] [WAI-4] [ALM-2] delays, time-outs and alarms from 0 to 10 units, begun at a
 *     tick and between two: never shorter than asked, less than one unit longer
 * (D) [TIM-5] set_tim sets the time: forwards, backwards, to the largest, past which it goes on at 0
 * (E) [TIM-6] it moves no time-out, delay, alarm and cyclic handler
 * (F) [TIM-3] [ALM-4] [ALM-5] events take place in the order of their times, also when some were
 *     taken back; those of one tick in the order in which they were asked for:
 *     alarms, time-outs, a cyclic handler
 * (G) [TIM-3] [TIM-2] the longest times, beside short ones
 * (H) [TIM-4] an event takes place at its tick; tickless, no interrupt comes before
 * (I) [TIM-8] [TIM-10] isig_tim: E_NOSPT, or the only thing that makes time pass, a unit a call
 * (J) [TIM-9] no unit is lost while the CPU is locked
 *
 * Resources: MAIN (20), agents; SEM; ALARM1..8 and CYCLE (5 ms), whose handler passes mark n, 9 for CYCLE.
 */
#include "agents.h"
#include "kernel_id.h"
#include "time.h"

#ifdef UNITRON_TICK_DRIVEN
#define TICK_DRIVEN	true
#else
#define TICK_DRIVEN	false
#endif

#define ALARMS		8
#define ALARM(n)	((ID)(ALARM1 + (n) - 1))

static ER (*volatile alarm_call[ALARMS + 2])(VP_INT);	/* what the handler calls besides */
static volatile ER alarm_result;
static long long alarm_ran[ALARMS + 2];			/* ns */
static UD alarm_lateness;

/* All that have run since history_used was 0, in order. */
static UB history[64];
static volatile UINT history_used;

void time_alarm(VP_INT n)
{
	alarm_lateness = vget_lat();
	alarm_ran[n] = now_ns();
	mark((UINT)n);
	if (history_used < sizeof(history))
		history[history_used++] = (UB)n;
	if (alarm_call[n])
		alarm_result = alarm_call[n](SEM);
}

/* ---- system time -------------------------------------------------------- */

static void passes(void)
{
	SYSTIM before, after;
	long long ns;

	wait_tick();
	before = ticks();
	ns = now_ns();
	vspn_tim(10000000);
	after = ticks();
	ns = now_ns() - ns;
	check_between((long long)(after - before), MSEC(10), MSEC(10) + LATE, "[TIM-7] in 10 ms the time advances by 10 ms");
	check_between((long long)(after - before) * UNIT_NS - ns, -UNIT_NS - LATE_NS, UNIT_NS + LATE_NS,
		      "[TIM-7] as the processor's clock says, too");
}

static void set(void)
{
	SYSTIM time = 1234567890123456789ULL;

	wait_tick();
	check(set_tim(&time), E_OK, "[TIM-5] set_tim forwards");
	check_between((long long)(ticks() - time), 0, LATE, "[TIM-5] the time is what was set");
	must(dly_tsk(MSEC(3)), E_OK);
	check_between((long long)(ticks() - time), MSEC(3) + 1, MSEC(3) + 1 + LATE, "[TIM-7] it advances from there");
	time = 5;
	check(set_tim(&time), E_OK, "[TIM-5] set_tim backwards");
	check_between((long long)ticks(), 5, 5 + LATE, "[TIM-5] the time is what was set");
	time = UINT64_MAX;
	check(set_tim(&time), E_OK, "[TIM-5] set_tim to the largest");
	check_between((long long)(ticks() - time), 0, LATE, "[TIM-5] the time is what was set");
	wait_tick();
	check_between((long long)ticks(), 0, LATE, "[TIM-7] after it comes 0");
}

/* ---- relative times ----------------------------------------------------- */

static ER delay(TMO time)
{
	return dly_tsk((RELTIM)time) == E_OK ? E_TMOUT : E_SYS;
}

static ER sleep(TMO time)
{
	return tslp_tsk(time);
}

static ER wait(TMO time)
{
	return twai_sem(SEM, time);
}

/* Wait from offset ns after a tick on. 0: right; negative: too short, or wrong result; positive: too long. */
static long long wait_wrong(ER (*call)(TMO), TMO time, long long offset)
{
	SYSTIM before;
	long long ns, passed;
	ER er;

	wait_tick();
	if (offset)
		vspn_tim((UD)offset);
	before = ticks();
	ns = now_ns();
	er = call(time);
	ns = now_ns() - ns;
	passed = (long long)(ticks() - before);
	if (er != E_TMOUT)
		return -1000;
	if (passed <= time || ns < time * UNIT_NS)
		return -1 - time;
	if (passed > time + 1 + LATE || ns > (time + 1) * UNIT_NS + LATE_NS)
		return 1 + time;
	return 0;
}

static long long waits_wrong(ER (*call)(TMO), TMO first)
{
	static const TMO times[] = { 0, 1, 2, 3, 10 };
	long long wrong = 0;

	for (UINT i = (UINT)first; i < sizeof(times) / sizeof(times[0]) && !wrong; i++) {
		wrong = wait_wrong(call, times[i], 0);
		if (!wrong)
			wrong = wait_wrong(call, times[i], UNIT_NS / 2);
	}
	return wrong;
}

static long long alarms_wrong(void)
{
	for (RELTIM time = 0; time <= 10; time += 5) {
		long long ns;

		wait_tick();
		vspn_tim(UNIT_NS / 2);
		ns = now_ns();
		must(sta_alm(ALARM1, time), E_OK);
		must(dly_tsk(time + 2), E_OK);
		must(marks(), 1);
		ns = alarm_ran[1] - ns;
		if (ns < time * UNIT_NS || ns > (time + 1) * UNIT_NS + LATE_NS)
			return 1 + time;
	}
	return 0;
}

static void relative(void)
{
	check(waits_wrong(delay, 0), 0, "[TIM-2] [SYN-15] dly_tsk of 0, 1, 2, 3, 10 units, from a tick and half a unit later");
	check(waits_wrong(sleep, 1), 0, "[TIM-2] [WAI-4] tslp_tsk");
	check(waits_wrong(wait, 1), 0, "[TIM-2] [WAI-4] twai_sem");
	check(alarms_wrong(), 0, "[TIM-2] [ALM-2] sta_alm");
}

static ER delay_work(VP_INT time)
{
	return dly_tsk((RELTIM)time);
}

static ER sleep_work(VP_INT time)
{
	return tslp_tsk((TMO)time);
}

/* Wait long, in steps between which the time is set. */
static void events_despite_set_tim(void)
{
	static const SYSTIM times[] = { 0, UINT64_MAX / 2, 3, UINT64_MAX, 77 };
	SYSTIM time;
	long long began;

	wait_tick();
	began = now_ns();
	must(sta_cyc(CYCLE), E_OK);
	agent_start(1, sleep_work, MSEC(6));
	agent_start(2, delay_work, MSEC(7));
	must(sta_alm(ALARM8, MSEC(8)), E_OK);
	for (UINT i = 0; i < 5; i++) {
		time = times[i];
		must(set_tim(&time), E_OK);
		if (i == 4)
			check(marks(), 0, "[TIM-6] set_tim several times: no event has come yet");
		vspn_tim(900000);
	}
	must(dly_tsk(MSEC(7)), E_OK);
	must(stp_cyc(CYCLE), E_OK);
	check(marks(), 91289, "[TIM-6] they come in the order of their times: CYCLE, time-out, delay, alarm, CYCLE");
	check_between(alarm_ran[8] - began, MSEC(8) * UNIT_NS, MSEC(8) * UNIT_NS + UNIT_NS + LATE_NS, "[TIM-6] the alarm after 8 ms");
	check_between(alarm_ran[9] - began, MSEC(10) * UNIT_NS, MSEC(10) * UNIT_NS + UNIT_NS + LATE_NS,
		      "[TIM-6] the cyclic handler after 5 and 10 ms");
}

/* ---- order -------------------------------------------------------------- */

/* Eight alarms for one tick, set at eight ticks. */
static void one_tick(void)
{
	static const UINT order[] = { 5, 2, 8, 1, 7, 3, 6, 4 };

	wait_tick();
	for (UINT i = 0; i < 8; i++) {
		must(sta_alm(ALARM(order[i]), MSEC(20 - i)), E_OK);
		must(dly_tsk(MSEC(1) - 1), E_OK);
	}
	must(marks(), 0);
	must(dly_tsk(MSEC(14)), E_OK);
	check(marks(), 52817364, "[TIM-3] alarms of one tick: in the order in which they were set");
}

/* Each alarm in turn is taken back; the order in which they are set leaves the others far from sorted. */
static void taken_back(void)
{
	static const UINT order[] = { 1, 5, 2, 6, 7, 8, 3, 4 };
	UINT wrong = 0;

	for (UINT away = 1; away <= 8; away++) {
		long long expected = 0;

		for (UINT i = 0; i < 8; i++)
			must(sta_alm(ALARM(order[i]), MSEC(order[i])), E_OK);
		must(stp_alm(ALARM(away)), E_OK);
		must(dly_tsk(MSEC(10)), E_OK);
		for (UINT n = 1; n <= 8; n++)
			if (n != away)
				expected = expected * 10 + n;
		wrong += marks() != expected;
	}
	check(wrong, 0, "[TIM-3] [ALM-5] one of eight alarms is taken back: the others come in the order of their times");
}

static ER equal_work(VP_INT time)
{
	must(chg_pri(TSK_SELF, 6), E_OK);
	return tslp_tsk((TMO)time);
}

static void tasks_of_one_tick(void)
{
	wait_tick();
	agent_start(3, equal_work, MSEC(3));
	agent_start(1, equal_work, MSEC(3));
	agent_start(5, equal_work, MSEC(3));
	agent_start(2, equal_work, MSEC(3));
	agent_start(4, equal_work, MSEC(3));
	must(dly_tsk(MSEC(5)), E_OK);
	check(marks(), 31524, "[TIM-3] time-outs of one tick: in the order in which the tasks began to wait");
}

static ER wait_work(VP_INT time)
{
	return twai_sem(SEM, (TMO)time);
}

static ER signal_sem(VP_INT semid)
{
	return isig_sem((ID)semid);
}

static void timeout_and_alarm(void)
{
	alarm_call[1] = signal_sem;
	wait_tick();
	must(sta_alm(ALARM1, MSEC(3)), E_OK);
	agent_start(1, wait_work, MSEC(3));
	must(dly_tsk(MSEC(5)), E_OK);
	check_that(marks() == 11 && agent_result(1) == E_OK, "[TIM-3] an alarm set before the time-out of its tick: its signal arrives");
	wait_tick();
	agent_start(1, wait_work, MSEC(3));
	must(sta_alm(ALARM1, MSEC(3)), E_OK);
	must(dly_tsk(MSEC(5)), E_OK);
	check_that(marks() == 11 && agent_result(1) == E_TMOUT, "[TIM-3] set after it: the time-out comes first");
	must(pol_sem(SEM), E_OK);
	alarm_call[1] = NULL;
}

/*
 * CYCLE registers its next run when it runs: after what was asked for before,
 * before what comes later. With units that pass between two calls there are no
 * such ties: then ALARM2 is due half a millisecond earlier.
 */
static void cycle_and_alarms(void)
{
	wait_tick();
	must(sta_cyc(CYCLE), E_OK);
	must(dly_tsk(MSEC(2) - 1), E_OK);
	must(sta_alm(ALARM1, MSEC(3)), E_OK);		/* with its first run, at 5 ms */
	must(sta_alm(ALARM2, MSEC(8) - MSEC(1) / 2), E_OK);	/* with its second, at 10 ms */
	must(dly_tsk(MSEC(5) - 1), E_OK);
	must(sta_alm(ALARM3, MSEC(3)), E_OK);		/* with its second, too */
	must(dly_tsk(MSEC(5)), E_OK);
	must(stp_cyc(CYCLE), E_OK);
	check(marks(), 91293, "[TIM-3] a cyclic handler and alarms of its ticks");
}

/*
 * Alarms set, moved and taken back at random, against a list of what is due.
 * The list knows whole milliseconds. With smaller units MAIN looks half a
 * millisecond before or after any alarm, and the true times are a little later,
 * the more so the later they were asked for, which keeps the order.
 */
struct planned {
	UINT	due;			/* ms; 0: not set */
	UINT	order;
};

static UINT random_below(UINT limit)
{
	static UINT state = 1;

	state = state * 1103515245 + 12345;
	return (state >> 16) % limit;
}

/* The alarm that is due next by the plan, at ms at the latest; 0: none. */
static UINT next_planned(const struct planned *plan, UINT ms)
{
	UINT best = 0;

	for (UINT n = 1; n <= ALARMS; n++)
		if (plan[n].due && plan[n].due <= ms && (!best || plan[n].due < plan[best].due ||
		    (plan[n].due == plan[best].due && plan[n].order < plan[best].order)))
			best = n;
	return best;
}

static bool compare_history(struct planned *plan, UINT ms)
{
	bool same = true;
	UINT i, n;

	for (i = 0; (n = next_planned(plan, ms)); i++) {
		same &= i < history_used && history[i] == n;
		plan[n].due = 0;
	}
	same &= i == history_used;
	history_used = 0;
	return same;
}

static void random_order(void)
{
	struct planned plan[ALARMS + 1] = { { 0 } };
	UINT rounds_wrong = 0, order = 0;

	wait_tick();
	history_used = 0;
	for (UINT ms = 0; ms < 400; ms++) {
		for (UINT i = 1 + random_below(3); i > 0; i--) {
			UINT n = 1 + random_below(ALARMS);
			UINT time = random_below(9);

			if (!time) {
				must(stp_alm(ALARM(n)), E_OK);
				plan[n].due = 0;
			} else {
				must(sta_alm(ALARM(n), MSEC(time) + MSEC(1) / 2), E_OK);
				plan[n] = (struct planned){ ms + time, order++ };
			}
		}
		must(dly_tsk(MSEC(1) - 1), E_OK);
		if (!compare_history(plan, ms))
			rounds_wrong++;
	}
	must(dly_tsk(MSEC(10)), E_OK);
	check(rounds_wrong, 0, "[TIM-3] [ALM-4] [ALM-5] alarms set and taken back at random come in the order of their times");
	check_that(compare_history(plan, UINT32_MAX), "[TIM-3] up to the last");
	marks();
}

static void longest(void)
{
	must(sta_alm(ALARM1, TMAX_RELTIM), E_OK);
	must(sta_alm(ALARM2, TMAX_RELTIM - 1), E_OK);
	agent_start(1, delay_work, TMAX_RELTIM);
	agent_start(2, sleep_work, INT32_MAX);
	agent_start(3, delay_work, MSEC(5));
	must(sta_alm(ALARM4, MSEC(3)), E_OK);
	must(dly_tsk(MSEC(20)), E_OK);
	check(marks(), 43, "[TIM-3] the longest times do not hinder short ones, nor come before their time");
	check_that(rel_wai(AGENT1) == E_OK && rel_wai(AGENT2) == E_OK, "[TIM-2] the tasks still wait");
	must(marks(), 12);
	must(stp_alm(ALARM1), E_OK);
	must(stp_alm(ALARM2), E_OK);
}

/* ---- ticks -------------------------------------------------------------- */

static void at_the_tick(void)
{
	wait_tick();
	must(sta_alm(ALARM1, MSEC(3)), E_OK);
	must(dly_tsk(MSEC(5)), E_OK);
	must(marks(), 1);
	check_between((long long)alarm_lateness, 0, LATE_NS, "[TIM-4] an alarm comes at its tick");
	vspn_tim(5500000);
	if (TICK_DRIVEN)
		check_between((long long)vget_lat(), 0, UNIT_NS + LATE_NS, "[TIM-9] tick-driven: an interrupt each unit");
	else
		check_between((long long)vget_lat(), 5000000, INT64_MAX, "[TIM-4] tickless: no interrupt while no event is due");

	/* The timer may still come once for what was taken back. */
	must(sta_cyc(CYCLE), E_OK);
	must(stp_cyc(CYCLE), E_OK);
	must(sta_alm(ALARM1, MSEC(5)), E_OK);
	must(stp_alm(ALARM1), E_OK);
	must(dly_tsk(MSEC(7)), E_OK);
	vspn_tim(5500000);
	if (!TICK_DRIVEN)
		check_between((long long)vget_lat(), 5000000, INT64_MAX, "[TIM-4] tickless: nor for handlers that were stopped");
	must(marks(), 0);
}

static void locked(void)
{
	SYSTIM before, after;

	wait_tick();
	before = ticks();
	must(loc_cpu(), E_OK);
	vspn_tim(5500000);
	must(unl_cpu(), E_OK);
	after = ticks();
	check_between((long long)(after - before), MSEC(5), MSEC(6) - 1 + LATE, "[TIM-9] [TIM-7] no unit is lost while the CPU is locked");
	must(dly_tsk(MSEC(2)), E_OK);
	check_between((long long)(ticks() - before), MSEC(7) + 1, MSEC(8) + LATE, "[TIM-9] [TIM-7] nor later");
}

static ER signal_time(VP_INT unused)
{
	return isig_tim();
}

static ER signal_in_alarm(VP_INT unused)
{
	ER er = isig_tim();

	mark(9);
	return er;
}

static void not_tick_driven(void)
{
	SYSTIM before = ticks();

	check(in_handler(signal_time, 0), E_NOSPT, "[TIM-8] isig_tim where the kernel keeps time");
	check_between((long long)(ticks() - before), 0, 1 + LATE, "[TIM-8] it has changed nothing");
}

static void tick_driven(void)
{
	SYSTIM before;

	wait_tick();
	tap_tick_stopped = true;
	before = ticks();
	agent_start(1, sleep_work, 2);
	vspn_tim(5 * UNIT_NS);
	check((long long)(ticks() - before), 0, "[TIM-10] without isig_tim time stands still");
	check(in_handler(signal_time, 0), E_OK, "[TIM-10] isig_tim");
	check((long long)(ticks() - before), 1, "[TIM-10] time has advanced by a unit");
	must(in_handler(signal_time, 0), E_OK);
	check(marks(), 0, "[TIM-2] a time-out of 2 units has not come after 2");
	must(in_handler(signal_time, 0), E_OK);
	check(marks(), 1, "[TIM-10] it comes with the next");
	check((long long)(ticks() - before), 3, "[TIM-10] time has advanced by 3 units");

	/* ALARM1's handler calls isig_tim itself: ALARM2 is due then. */
	alarm_call[1] = signal_in_alarm;
	must(sta_alm(ALARM1, 0), E_OK);
	must(sta_alm(ALARM2, 1), E_OK);
	must(sta_alm(ALARM3, 2), E_OK);
	must(in_handler(signal_time, 0), E_OK);
	check(alarm_result, E_OK, "[TIM-10] isig_tim in an alarm handler");
	check(marks(), 192, "[TIM-10] it lets time pass, too: the alarm that is due then comes when the handler has ended");
	check((long long)(ticks() - before), 5, "[TIM-10] by a unit each");
	must(stp_alm(ALARM3), E_OK);
	alarm_call[1] = NULL;
	tap_tick_stopped = false;
	wait_tick();
	check((long long)(ticks() - before), 6, "[TIM-10] then the handler of the tick takes over");
}

void main_task(VP_INT exinf)
{
	check_between((long long)ticks(), 0, LATE, "[TIM-1] the system time is 0 at the start");
	passes();
	at_the_tick();			/* before CYCLE was ever started */
	set();
	relative();
	events_despite_set_tim();
	one_tick();
	taken_back();
	tasks_of_one_tick();
	timeout_and_alarm();
	cycle_and_alarms();
	random_order();
	longest();
	locked();
	if (TICK_DRIVEN)
		tick_driven();
	else
		not_tick_driven();
	tap_end();
}
