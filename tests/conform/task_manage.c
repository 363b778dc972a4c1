/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: start, end and priority of tasks.
 *
 * Items:
 * (A) [TSK-1] [TSK-10] start at the system's start, in the order of the configuration
 * (B) [TSK-2] [TSK-10] exinf; the end by returning and by ext_tsk
 * (C) [TSK-5] [TSK-6] [TSK-7] [TSK-8] [TSK-11] act_tsk, queued starts, can_act
 * (D) [TSK-3] [TSK-9] [TSK-4] [TEX-1] a restarted task is like new
 * (E) [TSK-12] ext_tsk with the CPU locked and with dispatching disabled
 * (F) [TSK-13] [TSK-14] [TSK-15] [WAI-8] ter_tsk in each state
 * (G) [TSK-16] [TSK-17] [TSK-18] [TSK-19] [TSK-22] [SCH-4] chg_pri
 * (H) [TSK-20] [TSK-21] get_pri
 * (I) [CTX-4] [CTX-5] [CTX-6] [CTX-7] numbers and pointers; iact_tsk
 *
 * Resources: MAIN (10) leads; START1, START2 (9), START3 (8) for (A); HIGH
 * (5), EQUAL (10), LOW1, LOW2 (20) run what work[] says; FRESH has a routine
 * for task exceptions; MUTEX inherits, CEILING is of 4; SEM.
 */
#include "task_manage.h"
#include "kernel_id.h"

int exinf_target;

static void (*work[4])(void);		/* of HIGH, EQUAL, LOW1, LOW2 */
static INT started[4];
static INT starts;

void start_task(VP_INT exinf)
{
	started[starts++] = (INT)exinf;
}

void work_task(VP_INT exinf)
{
	work[exinf]();
}

static bool dormant(ID tskid)
{
	PRI pri;

	return get_pri(tskid, &pri) == E_OBJ;
}

static PRI priority(ID tskid)
{
	PRI pri = -1;

	must(get_pri(tskid, &pri), E_OK);
	return pri;
}

static void nothing(void)
{
}

static void sleep_for_ever(void)
{
	slp_tsk();
}

static void pass_1(void)
{
	check_point(1);
}

static void pass_2(void)
{
	check_point(2);
}

/* (A) */
static void system_start(void)
{
	check(starts, 3, "[TSK-1] tasks with TA_ACT have been started");
	check_that(started[0] == 3 && started[1] == 1 && started[2] == 2,
		   "[TSK-1] by priority, equals in the order of the configuration");
	check_that(dormant(HIGH) && dormant(LOW2), "[TSK-1] tasks without TA_ACT are dormant");
	check_that(dormant(START1), "[TSK-10] a task whose function returned is dormant");
}

/* (B) */
static VP_INT exinf_seen;

void exinf_task(VP_INT exinf)
{
	exinf_seen = exinf;
}

static void end_explicitly(void)
{
	check_point(1);
	ext_tsk();
	check_point(99);
}

static void function_and_end(void)
{
	must(act_tsk(EXINF_TASK), E_OK);
	check(exinf_seen, EXINF, "[TSK-2] the task's function gets exinf");
	work[0] = end_explicitly;
	must(act_tsk(HIGH), E_OK);
	check_point(2);
	check_sequence(2, "[TSK-10] ext_tsk does not return");
	check_that(dormant(HIGH), "[TSK-10] ext_tsk ends the task");
}

/* (C) */
static INT runs;

static void count_runs(void)
{
	runs++;
}

static void activate_self(void)
{
	if (++runs == 1)
		check(act_tsk(TSK_SELF), E_OK, "[TSK-6] act_tsk(TSK_SELF) is queued");
}

static void equal_1_then_4(void)
{
	check_point(runs++ ? 4 : 2);
	/* The second start is queued; this first run ends, and LOW2, which is ready, comes first. */
}

static void equal_3(void)
{
	check_point(3);
}

static void queued_starts(void)
{
	INT i;
	ER er = E_OK;

	runs = 0;
	work[0] = count_runs;
	check(act_tsk(HIGH), E_OK, "[TSK-5] act_tsk on a dormant task");
	check(runs, 1, "[TSK-5] starts it");
	work[2] = count_runs;
	must(act_tsk(LOW1), E_OK);
	check(act_tsk(LOW1), E_OK, "[TSK-6] act_tsk on a ready task");
	check(act_tsk(LOW1), E_OK, "[TSK-6] and once more");
	check(can_act(LOW1), 2, "[TSK-11] can_act returns the number of queued starts");
	check(can_act(LOW1), 0, "[TSK-11] and forgets them");
	must(act_tsk(LOW1), E_OK);
	runs = 0;
	must(dly_tsk(MSEC(1)), E_OK);
	check(runs, 2, "[TSK-6] a queued start takes place when the task ends");
	check(can_act(LOW1), 0, "[TSK-11] can_act on a dormant task returns 0");
	check(can_act(TSK_SELF), 0, "[TSK-11] can_act(TSK_SELF) without queued starts");

	runs = 0;
	work[0] = activate_self;
	must(act_tsk(HIGH), E_OK);
	check(runs, 2, "[TSK-6] the task that has queued a start of its own is started again");

	must(act_tsk(LOW1), E_OK);
	for (i = 0; i < TMAX_ACTCNT && er == E_OK; i++)
		er = act_tsk(LOW1);
	check(er, E_OK, "[TSK-6] TMAX_ACTCNT starts are queued");
	check(act_tsk(LOW1), E_QOVR, "[TSK-7] one more gives E_QOVR");
	check(can_act(LOW1), TMAX_ACTCNT, "[TSK-7] and changes nothing");
	must(ter_tsk(LOW1), E_OK);

	runs = 0;
	work[2] = equal_1_then_4;
	work[3] = equal_3;
	must(act_tsk(LOW1), E_OK);
	must(act_tsk(LOW1), E_OK);
	must(act_tsk(LOW2), E_OK);
	check_point(1);
	must(dly_tsk(MSEC(1)), E_OK);
	check_point(5);
	check_sequence(5, "[TSK-8] a task that starts anew comes behind its equals");

	runs = 0;
	work[2] = count_runs;
	must(act_tsk(LOW1), E_OK);
	must(act_tsk(LOW1), E_OK);
	check(ter_tsk(LOW1), E_OK, "[TSK-8] ter_tsk on a task with a start queued");
	check(can_act(LOW1), 0, "[TSK-8] takes that start");
	check_that(!dormant(LOW1), "[TSK-8] and starts the task anew");
	must(dly_tsk(MSEC(1)), E_OK);
	check(runs, 1, "[TSK-8] which then runs once");
}

/* (D) */
static INT fresh_run;
static INT fresh_routine_runs;

void fresh_texrtn(TEXPTN texptn, VP_INT exinf)
{
	fresh_routine_runs++;
}

void fresh_task(VP_INT exinf)
{
	check_that(!sns_loc() && !sns_dsp(), "[TSK-4] a task starts with the CPU unlocked and dispatching enabled");
	check_that(sns_tex(), "[TEX-1] and task exceptions disabled");
	if (++fresh_run == 1) {
		must(chg_pri(TSK_SELF, 7), E_OK);
		must(loc_mtx(MUTEX), E_OK);
		must(ena_tex(), E_OK);
		must(twai_sem(SEM, MSEC(1000)), E_RLWAI);
		return;
	}
	check(priority(TSK_SELF), 5, "[TSK-3] it starts with the initial priority");
	check(can_wup(TSK_SELF), 0, "[TSK-3] no wake-ups queued");
	check(rsm_tsk(FRESH), E_OBJ, "[TSK-3] not suspended");
	check(unl_mtx(MUTEX), E_ILUSE, "[TSK-3] without the mutex that it had");
	must(ena_tex(), E_OK);
	check(fresh_routine_runs, 0, "[TSK-3] [TEX-1] with no task exception pending");
	check(fresh_run, 2, "[TSK-3] and its function from the beginning");
}

static void restart(void)
{
	must(act_tsk(FRESH), E_OK);
	must(wup_tsk(FRESH), E_OK);
	must(ras_tex(FRESH, 5), E_OK);
	must(sus_tsk(FRESH), E_OK);
	must(sus_tsk(FRESH), E_OK);
	must(ploc_mtx(MUTEX), E_TMOUT);
	must(act_tsk(FRESH), E_OK);
	must(ter_tsk(FRESH), E_OK);
	check(ploc_mtx(MUTEX), E_OK, "[TSK-9] a task that is ended lets go of its mutexes");
	check(fresh_run, 2, "[TSK-8] a start that was queued before the end takes place at once");
	must(unl_mtx(MUTEX), E_OK);
	must(pol_sem(SEM), E_TMOUT);
}

/* (E) */
static void end_locked(void)
{
	must(loc_cpu(), E_OK);
	ext_tsk();
}

static void end_undispatchable(void)
{
	must(dis_dsp(), E_OK);
	check_point(1);
	must(act_tsk(HIGH), E_OK);
	check_point(2);
	ext_tsk();
}

static void end_locked_undispatchable(void)
{
	must(dis_dsp(), E_OK);
	must(loc_cpu(), E_OK);
	ext_tsk();
}

static void state_after_end(void)
{
	check_point(3);
	check_that(!sns_loc() && !sns_dsp(), "[TSK-4] [TSK-12] the next task starts unlocked and dispatching");
}

static void end_in_odd_states(void)
{
	work[1] = end_locked;
	must(act_tsk(EQUAL), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
	check_that(dormant(EQUAL) && !sns_loc(), "[TSK-12] ext_tsk with the CPU locked unlocks it and ends the task");
	work[1] = end_undispatchable;
	work[0] = state_after_end;
	must(act_tsk(EQUAL), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(3, "[TSK-12] ext_tsk with dispatching disabled enables it");
	check_that(dormant(EQUAL) && !sns_dsp(), "[TSK-12] and ends the task");
	work[1] = end_locked_undispatchable;
	must(act_tsk(EQUAL), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
	check_that(dormant(EQUAL) && !sns_dsp() && !sns_loc(), "[TSK-12] both together");
}

/* (F) */
static void wait_with_timeout(void)
{
	twai_sem(SEM, MSEC(5));
}

static void sleep_measured(void)
{
	check(tslp_tsk(MSEC(20)), E_TMOUT, "[WAI-8] the time-out of the wait in which a task was ended is forgotten");
}

static void lock_and_sleep(void)
{
	must(loc_mtx(CEILING), E_OK);
	slp_tsk();
}

static void terminate(void)
{
	check(ter_tsk(MAIN), E_ILUSE, "[TSK-13] ter_tsk on the caller");
	check(ter_tsk(HIGH), E_OBJ, "[TSK-14] ter_tsk on a dormant task");

	work[2] = nothing;
	must(act_tsk(LOW1), E_OK);
	check(ter_tsk(LOW1), E_OK, "[TSK-15] ter_tsk on a ready task");
	check_that(dormant(LOW1), "[TSK-15] ends it");

	work[0] = sleep_for_ever;
	must(act_tsk(HIGH), E_OK);
	check(ter_tsk(HIGH), E_OK, "[TSK-15] ter_tsk on a waiting task");
	check_that(dormant(HIGH), "[TSK-15] ends it");

	must(act_tsk(LOW1), E_OK);
	must(sus_tsk(LOW1), E_OK);
	check(ter_tsk(LOW1), E_OK, "[TSK-15] ter_tsk on a suspended task");
	check_that(dormant(LOW1), "[TSK-15] ends it");

	must(act_tsk(HIGH), E_OK);
	must(sus_tsk(HIGH), E_OK);
	check(ter_tsk(HIGH), E_OK, "[TSK-15] ter_tsk on a task that waits and is suspended");
	check_that(dormant(HIGH), "[TSK-15] ends it");

	work[0] = wait_with_timeout;
	must(act_tsk(HIGH), E_OK);
	must(ter_tsk(HIGH), E_OK);
	must(sig_sem(SEM), E_OK);
	check(pol_sem(SEM), E_OK, "[WAI-8] a task that is ended has left the queue it waited in");
	work[0] = sleep_measured;
	must(act_tsk(HIGH), E_OK);
	must(dly_tsk(MSEC(30)), E_OK);

	work[0] = lock_and_sleep;
	must(act_tsk(HIGH), E_OK);
	must(ploc_mtx(CEILING), E_TMOUT);
	must(ter_tsk(HIGH), E_OK);
	check(ploc_mtx(CEILING), E_OK, "[TSK-9] ter_tsk unlocks the task's mutexes");
	must(unl_mtx(CEILING), E_OK);
}

/* (G) */
static void change_order(void)
{
	work[2] = pass_1;
	work[3] = pass_2;
	must(act_tsk(LOW2), E_OK);
	must(act_tsk(LOW1), E_OK);
	check(chg_pri(LOW2, 20), E_OK, "[TSK-22] chg_pri of a ready task to the same priority");
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(2, "[TSK-22] puts it behind its equals");

	work[1] = pass_1;
	must(act_tsk(EQUAL), E_OK);
	check(chg_pri(TSK_SELF, 10), E_OK, "[TSK-22] chg_pri of the caller to the same priority");
	check_point(2);
	check_sequence(2, "[TSK-22] lets its equals run");

	work[2] = pass_1;
	must(act_tsk(LOW1), E_OK);
	must(chg_pri(LOW1, 9), E_OK);
	check_point(2);
	check_sequence(2, "[TSK-19] [SCH-4] a ready task that is raised above the caller runs at once");

	work[2] = pass_1;
	must(act_tsk(LOW1), E_OK);
	must(chg_pri(TSK_SELF, 21), E_OK);
	check_point(2);
	check_sequence(2, "[TSK-19] [SCH-4] the caller that lowers itself below a ready task lets it run");
	must(chg_pri(TSK_SELF, TPRI_INI), E_OK);
	check(priority(TSK_SELF), 10, "[TSK-17] chg_pri with TPRI_INI sets the initial priority");
}

static void change_priority(void)
{
	check(chg_pri(TSK_SELF, -1), E_PAR, "[TSK-16] chg_pri with priority -1");
	check(chg_pri(TSK_SELF, TMAX_TPRI + 1), E_PAR, "[TSK-16] with TMAX_TPRI + 1");
	check(chg_pri(TSK_SELF, INT32_MIN), E_PAR, "[TSK-16] with the smallest integer");
	check(chg_pri(TSK_SELF, INT32_MAX), E_PAR, "[TSK-16] with the largest");
	check(priority(TSK_SELF), 10, "[TSK-16] and nothing has changed");
	check(chg_pri(LOW1, TMIN_TPRI), E_OBJ, "[TSK-18] chg_pri on a dormant task");
	check(chg_pri(LOW1, 0), E_OBJ, "[TSK-18] with TPRI_INI too");

	must(loc_mtx(CEILING), E_OK);
	check(priority(TSK_SELF), 4, "[TSK-21] get_pri gives the current priority");
	check(chg_pri(TSK_SELF, 12), E_OK, "[TSK-19] chg_pri on a task that a mutex holds higher");
	check(priority(TSK_SELF), 4, "[TSK-19] leaves the current priority");
	must(unl_mtx(CEILING), E_OK);
	check(priority(TSK_SELF), 12, "[TSK-19] and sets the base priority");
	must(chg_pri(TSK_SELF, TMAX_TPRI), E_OK);
	check(priority(TSK_SELF), TMAX_TPRI, "[TSK-19] TMAX_TPRI is allowed");
	must(chg_pri(TSK_SELF, TMIN_TPRI), E_OK);
	check(priority(TSK_SELF), TMIN_TPRI, "[TSK-19] TMIN_TPRI too");
	must(chg_pri(TSK_SELF, TPRI_INI), E_OK);
	change_order();
}

/* (H) */
static void ask_priority(void)
{
	PRI pri = 77;

	check(get_pri(LOW1, &pri), E_OBJ, "[TSK-20] get_pri on a dormant task");
	check(pri, 77, "[TSK-20] leaves the result alone");
	work[0] = sleep_for_ever;
	must(act_tsk(HIGH), E_OK);
	check(priority(HIGH), 5, "[TSK-21] get_pri on another task");
	must(chg_pri(HIGH, 6), E_OK);
	check(priority(HIGH), 6, "[TSK-21] whose priority has changed");
	must(ter_tsk(HIGH), E_OK);
}

/* (I) */
#define LAST	FRESH

static void start_from_handler(void)
{
	INT i;
	ER er = E_OK;

	check(iact_tsk(LOW1), E_OK, "[TSK-5] iact_tsk on a dormant task");
	for (i = 0; i < TMAX_ACTCNT && er == E_OK; i++)
		er = iact_tsk(LOW1);
	check(er, E_OK, "[TSK-6] iact_tsk queues TMAX_ACTCNT starts");
	check(iact_tsk(LOW1), E_QOVR, "[TSK-7] iact_tsk once more");
	check(iact_tsk(TSK_SELF), E_ID, "[CTX-6] iact_tsk(TSK_SELF)");
	check(iact_tsk(-1), E_ID, "[CTX-6] iact_tsk(-1)");
	check(iact_tsk(LAST + 1), E_ID, "[CTX-6] iact_tsk on a number behind the last");
}

static void numbers(void)
{
	PRI pri;

	check(act_tsk(-1), E_ID, "[CTX-5] act_tsk(-1)");
	check(act_tsk(LAST + 1), E_ID, "[CTX-5] act_tsk on a number behind the last");
	check(act_tsk(INT32_MIN), E_ID, "[CTX-5] act_tsk on the smallest integer");
	check(can_act(-1), E_ID, "[CTX-5] can_act(-1)");
	check(can_act(LAST + 1), E_ID, "[CTX-5] can_act on a number behind the last");
	check(ter_tsk(TSK_SELF), E_ID, "[CTX-4] ter_tsk(TSK_SELF)");
	check(ter_tsk(-1), E_ID, "[CTX-4] ter_tsk(-1)");
	check(ter_tsk(LAST + 1), E_ID, "[CTX-4] ter_tsk on a number behind the last");
	check(chg_pri(-1, 10), E_ID, "[CTX-5] chg_pri(-1)");
	check(chg_pri(LAST + 1, 10), E_ID, "[CTX-5] chg_pri on a number behind the last");
	check(chg_pri(MAIN, 10), E_OK, "[CTX-5] chg_pri with the caller's number");
	check(get_pri(-1, &pri), E_ID, "[CTX-5] get_pri(-1)");
	check(get_pri(LAST + 1, &pri), E_ID, "[CTX-5] get_pri on a number behind the last");
	check(get_pri(TSK_SELF, NULL), E_PAR, "[CTX-7] get_pri with NULL");
	work[2] = nothing;
	tap_in_handler(start_from_handler);
	must(can_act(LOW1) >= 0, true);
}

void main_task(VP_INT exinf)
{
	system_start();
	function_and_end();
	queued_starts();
	restart();
	end_in_odd_states();
	terminate();
	change_priority();
	ask_priority();
	numbers();
	tap_end();
}
