/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: sleeping, waking, release by force, suspension, delays.
 *
 * Items:
 * (A) [SYN-1] [SYN-2] [SYN-3] [WAI-4] [WAI-6] [WAI-7] [CTX-8] slp_tsk, tslp_tsk
 * (B) [SYN-4] [SYN-5] [SYN-6] [SYN-7] [SYN-8] [SCH-6] wup_tsk, iwup_tsk, can_wup
 * (C) [SYN-9] [SYN-10] rel_wai and irel_wai on every kind of wait
 * (D) [SYN-11] [SYN-12] [SYN-13] [SYN-14] sus_tsk
 * (E) [SYN-17] [SYN-18] [SYN-19] [WAI-5] [SCH-2] rsm_tsk, frsm_tsk
 * (F) [SYN-15] [SYN-16] [CTX-9] [TIM-2] dly_tsk
 * (G) [CTX-4] [CTX-5] [CTX-6] numbers
 *
 * Resources: MAIN (10) leads; HIGH, HIGH2 (5), LOW, LOW2 (20) run what work[]
 * says; one object of each kind to wait for.
 */
#include "task_sync.h"
#include "kernel_id.h"

#define LAST	LOW2

static void (*work[4])(void);
static ER result;			/* of the call that a worker waits in */
static INT ended;			/* workers that have come to their end */

void work_task(VP_INT exinf)
{
	work[exinf]();
	ended++;
}

static SYSTIM now(void)
{
	SYSTIM time = 0;

	must(get_tim(&time), E_OK);
	return time;
}

static bool dormant(ID tskid)
{
	PRI pri;

	return get_pri(tskid, &pri) == E_OBJ;
}

/* Start task, which then runs function. */
static void start(ID task, void (*function)(void))
{
	static const ID tasks[4] = { HIGH, HIGH2, LOW, LOW2 };
	INT i;

	for (i = 0; i < 4; i++)
		if (tasks[i] == task)
			work[i] = function;
	result = E_SYS;
	must(act_tsk(task), E_OK);
}

static void do_slp(void)
{
	result = slp_tsk();
}

static void do_tslp_forever(void)
{
	result = tslp_tsk(TMO_FEVR);
}

static void do_tslp(void)
{
	result = tslp_tsk(MSEC(1000));
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
static void sleeping(void)
{
	SYSTIM begin;

	start(HIGH, do_slp);
	check(result, E_SYS, "[SYN-1] slp_tsk waits");
	check(wup_tsk(HIGH), E_OK, "[SYN-3] wup_tsk on a sleeping task");
	check(result, E_OK, "[SYN-3] ends its wait");
	start(HIGH, do_tslp);
	check(result, E_SYS, "[SYN-1] tslp_tsk waits");
	must(wup_tsk(HIGH), E_OK);
	check(result, E_OK, "[SYN-3] wup_tsk ends the wait of tslp_tsk");
	start(HIGH, do_tslp_forever);
	must(dly_tsk(MSEC(100)), E_OK);
	check(result, E_SYS, "[WAI-7] tslp_tsk with TMO_FEVR waits without limit");
	must(wup_tsk(HIGH), E_OK);
	check(result, E_OK, "[SYN-3] until wup_tsk");

	check(tslp_tsk(TMO_POL), E_TMOUT, "[WAI-6] tslp_tsk with TMO_POL and no wake-up queued");
	check(tslp_tsk(-2), E_PAR, "[CTX-8] tslp_tsk with TMO_NBLK");
	check(tslp_tsk(INT32_MIN), E_PAR, "[CTX-8] tslp_tsk with the smallest integer");
	begin = now();
	check(tslp_tsk(MSEC(5)), E_TMOUT, "[WAI-4] tslp_tsk times out");
	check_between(now() - begin, MSEC(5), MSEC(5) + MSEC(1), "[WAI-4] after the time given, not before");

	must(wup_tsk(TSK_SELF), E_OK);
	must(wup_tsk(MAIN), E_OK);
	must(wup_tsk(TSK_SELF), E_OK);
	begin = now();
	check(slp_tsk(), E_OK, "[SYN-2] slp_tsk with wake-ups queued");
	check(tslp_tsk(TMO_POL), E_OK, "[SYN-2] tslp_tsk with TMO_POL too");
	check(tslp_tsk(MSEC(100)), E_OK, "[SYN-2] tslp_tsk with a time too");
	check_between(now() - begin, 0, MSEC(1), "[SYN-2] at once");
	check(tslp_tsk(TMO_POL), E_TMOUT, "[SYN-2] each takes one wake-up");
}

/* (B) */
static void do_wai_sem(void)
{
	result = wai_sem(SEM);
}

static void wake_from_handler(void)
{
	INT i;
	ER er = E_OK;

	check(iwup_tsk(LOW2), E_OBJ, "[SYN-4] iwup_tsk on a dormant task");
	check(iwup_tsk(HIGH), E_OK, "[SYN-3] iwup_tsk on a sleeping task");
	check(result, E_SYS, "[SCH-6] which does not run before the handler has ended");
	for (i = 0; i < TMAX_WUPCNT && er == E_OK; i++)
		er = iwup_tsk(LOW);
	check(er, E_OK, "[SYN-5] iwup_tsk queues TMAX_WUPCNT wake-ups");
	check(iwup_tsk(LOW), E_QOVR, "[SYN-6] iwup_tsk once more");
	check(iwup_tsk(TSK_SELF), E_ID, "[CTX-6] iwup_tsk(TSK_SELF)");
	check(iwup_tsk(LAST + 1), E_ID, "[CTX-6] iwup_tsk on a number behind the last");
	check(irel_wai(TSK_SELF), E_ID, "[CTX-6] irel_wai(TSK_SELF)");
	check(irel_wai(LAST + 1), E_ID, "[CTX-6] irel_wai on a number behind the last");
	check(irel_wai(LOW2), E_OBJ, "[SYN-10] irel_wai on a dormant task");
}

static void wake_ups(void)
{
	INT i;
	ER er = E_OK;

	check(wup_tsk(HIGH), E_OBJ, "[SYN-4] wup_tsk on a dormant task");
	check(can_wup(HIGH), E_OBJ, "[SYN-8] can_wup on a dormant task");
	check(can_wup(TSK_SELF), 0, "[SYN-7] can_wup with no wake-ups");
	must(wup_tsk(TSK_SELF), E_OK);
	must(wup_tsk(TSK_SELF), E_OK);
	check(can_wup(MAIN), 2, "[SYN-7] can_wup returns the number of wake-ups");
	check(can_wup(TSK_SELF), 0, "[SYN-7] and forgets them");
	for (i = 0; i < TMAX_WUPCNT && er == E_OK; i++)
		er = wup_tsk(TSK_SELF);
	check(er, E_OK, "[SYN-5] TMAX_WUPCNT wake-ups are queued");
	check(wup_tsk(TSK_SELF), E_QOVR, "[SYN-6] one more gives E_QOVR");
	check(can_wup(TSK_SELF), TMAX_WUPCNT, "[SYN-6] and changes nothing");

	start(HIGH, do_wai_sem);
	check(wup_tsk(HIGH), E_OK, "[SYN-5] wup_tsk on a task that waits for a semaphore");
	check(result, E_SYS, "[SYN-5] does not end that wait");
	check(can_wup(HIGH), 1, "[SYN-5] but is queued");
	must(sig_sem(SEM), E_OK);
	check(result, E_OK, "[SYN-5] the semaphore ends the wait");

	start(LOW, do_slp);
	check(wup_tsk(LOW), E_OK, "[SYN-5] wup_tsk on a ready task");
	must(dly_tsk(MSEC(1)), E_OK);
	check(result, E_OK, "[SYN-2] that then sleeps and goes on at once");

	start(LOW, do_slp);
	must(sus_tsk(LOW), E_OK);
	start(HIGH, do_slp);
	tap_in_handler(wake_from_handler);
	check_that(dormant(HIGH), "[SYN-3] iwup_tsk has ended the wait");
	check(can_wup(LOW), TMAX_WUPCNT, "[SYN-5] iwup_tsk has queued wake-ups for a suspended task");
	must(ter_tsk(LOW), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
}

/* (C) */
static FLGPTN pattern;
static VP_INT datum;
static T_MSG *message;
static VP block, block2;

static void do_dly(void)	{ result = dly_tsk(MSEC(1000)); }
static void do_wai_flg(void)	{ result = wai_flg(FLAG, 1, TWF_ORW, &pattern); }
static void do_snd_dtq(void)	{ result = snd_dtq(QUEUE, 1); }
static void do_rcv_dtq(void)	{ result = rcv_dtq(QUEUE, &datum); }
static void do_rcv_mbx(void)	{ result = rcv_mbx(BOX, &message); }
static void do_loc_mtx(void)	{ result = loc_mtx(MUTEX); }
static void do_get_mpf(void)	{ result = get_mpf(POOL, &block2); }

static void force_from_handler(void)
{
	check(irel_wai(HIGH), E_OK, "[SYN-9] irel_wai");
	check(irel_wai(HIGH), E_OBJ, "[SYN-10] the task does not wait any more, though it has not run yet");
}

static void released(void (*function)(void), const char *text)
{
	start(HIGH, function);
	must(result, E_SYS);
	must(rel_wai(HIGH), E_OK);
	tap_equal(result, E_RLWAI, text, __FILE_NAME__, __LINE__);
}

static void release_by_force(void)
{
	released(do_slp, "[SYN-9] rel_wai ends slp_tsk");
	released(do_tslp, "[SYN-9] rel_wai ends tslp_tsk");
	released(do_dly, "[SYN-9] rel_wai ends dly_tsk");
	released(do_wai_sem, "[SYN-9] rel_wai ends wai_sem");
	released(do_wai_flg, "[SYN-9] rel_wai ends wai_flg");
	released(do_snd_dtq, "[SYN-9] rel_wai ends snd_dtq");
	released(do_rcv_dtq, "[SYN-9] rel_wai ends rcv_dtq");
	released(do_rcv_mbx, "[SYN-9] rel_wai ends rcv_mbx");
	must(loc_mtx(MUTEX), E_OK);
	released(do_loc_mtx, "[SYN-9] rel_wai ends loc_mtx");
	must(unl_mtx(MUTEX), E_OK);
	must(get_mpf(POOL, &block), E_OK);
	released(do_get_mpf, "[SYN-9] rel_wai ends get_mpf");
	must(rel_mpf(POOL, block), E_OK);

	check(prcv_dtq(QUEUE, &datum), E_TMOUT, "[SYN-9] a released sender leaves the queue");
	must(sig_sem(SEM), E_OK);
	check(pol_sem(SEM), E_OK, "[SYN-9] a released task leaves the queue of a semaphore");

	start(HIGH, do_slp);
	tap_in_handler(force_from_handler);
	check(result, E_RLWAI, "[SYN-9] irel_wai ends the wait when the handler has ended");

	start(HIGH, do_slp);
	must(sus_tsk(HIGH), E_OK);
	check(rel_wai(HIGH), E_OK, "[SYN-9] rel_wai on a task that waits and is suspended");
	check(result, E_SYS, "[SYN-9] leaves it suspended");
	check(rel_wai(HIGH), E_OBJ, "[SYN-10] rel_wai on a suspended task");
	must(rsm_tsk(HIGH), E_OK);
	check(result, E_RLWAI, "[SYN-9] resumed, it gets E_RLWAI");

	check(rel_wai(HIGH), E_OBJ, "[SYN-10] rel_wai on a dormant task");
	start(LOW, do_slp);
	check(rel_wai(LOW), E_OBJ, "[SYN-10] rel_wai on a ready task");
	must(ter_tsk(LOW), E_OK);
	check(rel_wai(MAIN), E_OBJ, "[SYN-10] rel_wai on the caller");
	start(HIGH, do_dly);
	must(rel_wai(HIGH), E_OK);
	must(dly_tsk(MSEC(5)), E_OK);
	check(tslp_tsk(MSEC(5)), E_TMOUT, "[SYN-9] the time-out of a released wait does nothing later");
}

/* (D) */
static void suspend_self(void)
{
	check_point(1);
	result = sus_tsk(TSK_SELF);
	check_point(3);
}

static void suspend_self_undispatchable(void)
{
	must(dis_dsp(), E_OK);
	check(sus_tsk(TSK_SELF), E_CTX, "[SYN-13] sus_tsk(TSK_SELF) with dispatching disabled");
	check(sus_tsk(HIGH), E_CTX, "[SYN-13] with the caller's number too");
	check(sus_tsk(LOW), E_OK, "[SYN-13] sus_tsk on another task works then");
	check(rsm_tsk(LOW), E_OK, "[SYN-13] rsm_tsk too");
	must(ena_dsp(), E_OK);
}

static void suspension(void)
{
	INT i;
	ER er = E_OK;

	start(HIGH, suspend_self);
	check_point(2);
	check(result, E_SYS, "[SYN-11] sus_tsk(TSK_SELF) suspends the caller");
	must(rsm_tsk(HIGH), E_OK);
	check_sequence(3, "[SYN-11] which goes on when it is resumed");
	check(result, E_OK, "[SYN-11] and gets E_OK");

	start(LOW, pass_1);
	check(sus_tsk(LOW), E_OK, "[SYN-11] sus_tsk on a ready task");
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(0, "[SYN-11] keeps it from running");
	must(rsm_tsk(LOW), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(1, "[SYN-18] rsm_tsk lets it run");

	check(sus_tsk(HIGH), E_OBJ, "[SYN-14] sus_tsk on a dormant task");

	start(LOW, pass_1);
	for (i = 0; i < TMAX_SUSCNT && er == E_OK; i++)
		er = sus_tsk(LOW);
	check(er, E_OK, "[SYN-12] suspensions nest TMAX_SUSCNT deep");
	check(sus_tsk(LOW), E_QOVR, "[SYN-12] one more gives E_QOVR");
	for (i = 0; i < TMAX_SUSCNT - 1; i++)
		must(rsm_tsk(LOW), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(0, "[SYN-12] one rsm_tsk less than sus_tsk leaves it suspended");
	check(rsm_tsk(LOW), E_OK, "[SYN-12] the last rsm_tsk");
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(1, "[SYN-12] lets it run");

	start(LOW, pass_1);
	start(HIGH, suspend_self_undispatchable);
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(1, "[SYN-13] nothing is left of it");
}

/* (E) */
static void resumption(void)
{
	check(rsm_tsk(HIGH), E_OBJ, "[SYN-17] rsm_tsk on a dormant task");
	check(frsm_tsk(HIGH), E_OBJ, "[SYN-17] frsm_tsk on a dormant task");
	start(LOW, pass_1);
	check(rsm_tsk(LOW), E_OBJ, "[SYN-17] rsm_tsk on a ready task");
	check(frsm_tsk(LOW), E_OBJ, "[SYN-17] frsm_tsk on a ready task");
	must(ter_tsk(LOW), E_OK);
	start(HIGH, do_slp);
	check(rsm_tsk(HIGH), E_OBJ, "[SYN-17] rsm_tsk on a waiting task");
	check(frsm_tsk(HIGH), E_OBJ, "[SYN-17] frsm_tsk on a waiting task");

	must(sus_tsk(HIGH), E_OK);
	check(rsm_tsk(HIGH), E_OK, "[SYN-18] rsm_tsk on a task that waits and is suspended");
	check(result, E_SYS, "[SYN-18] leaves it waiting");
	must(wup_tsk(HIGH), E_OK);
	check(result, E_OK, "[SYN-18] it can be woken as before");

	start(HIGH, do_slp);
	must(sus_tsk(HIGH), E_OK);
	must(wup_tsk(HIGH), E_OK);
	check(result, E_SYS, "[WAI-5] a task woken while it is suspended stays suspended");
	must(rsm_tsk(HIGH), E_OK);
	check(result, E_OK, "[WAI-5] and goes on when it is resumed");

	start(HIGH, do_tslp);
	must(sus_tsk(HIGH), E_OK);
	must(dly_tsk(MSEC(1010)), E_OK);
	check(result, E_SYS, "[WAI-5] a time-out leaves the suspension");
	check(rel_wai(HIGH), E_OBJ, "[WAI-5] though the wait is over");
	must(rsm_tsk(HIGH), E_OK);
	check(result, E_TMOUT, "[WAI-5] resumed, the task gets E_TMOUT");

	start(LOW, pass_2);
	start(LOW2, pass_1);
	must(sus_tsk(LOW), E_OK);
	must(rsm_tsk(LOW), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(2, "[SYN-18] [SCH-2] a resumed task comes behind its equals");

	start(LOW, pass_1);
	must(sus_tsk(LOW), E_OK);
	must(sus_tsk(LOW), E_OK);
	must(sus_tsk(LOW), E_OK);
	check(frsm_tsk(LOW), E_OK, "[SYN-19] frsm_tsk on a task suspended three times");
	check(rsm_tsk(LOW), E_OBJ, "[SYN-19] takes all suspensions off");
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(1, "[SYN-19] and the task runs");
	start(HIGH, do_slp);
	must(sus_tsk(HIGH), E_OK);
	must(sus_tsk(HIGH), E_OK);
	check(frsm_tsk(HIGH), E_OK, "[SYN-19] frsm_tsk on a task that waits and is suspended");
	check(rsm_tsk(HIGH), E_OBJ, "[SYN-19] takes all suspensions off");
	must(wup_tsk(HIGH), E_OK);
	check(result, E_OK, "[SYN-19] and leaves it waiting");
}

/* (F) */
static SYSTIM waited;
static ER_UINT left;

static void do_dly_0(void)
{
	SYSTIM begin;

	must(wup_tsk(TSK_SELF), E_OK);
	begin = now();
	result = dly_tsk(0);
	waited = now() - begin;
	left = can_wup(TSK_SELF);
}

static void delays(void)
{
	SYSTIM begin = now();

	check(dly_tsk(MSEC(7)), E_OK, "[SYN-15] dly_tsk returns E_OK");
	check_between(now() - begin, MSEC(7), MSEC(7) + MSEC(1), "[SYN-15] [TIM-2] after the time given, not before");
	check(dly_tsk(TMAX_RELTIM + 1), E_PAR, "[CTX-9] dly_tsk over TMAX_RELTIM");
	check(dly_tsk(UINT32_MAX), E_PAR, "[CTX-9] dly_tsk with the largest number");

	start(HIGH, do_dly_0);
	must(dly_tsk(MSEC(2)), E_OK);
	check(result, E_OK, "[SYN-16] dly_tsk(0) with a wake-up queued");
	check_between(waited, 1, MSEC(1), "[SYN-16] waits for the next tick");
	check(left, 1, "[SYN-16] and leaves the wake-up");
	begin = now();
	must(dly_tsk(0), E_OK);
	check_between(now() - begin, 1, MSEC(1), "[SYN-16] dly_tsk(0) ends at the next tick");

	start(HIGH, do_dly);
	must(wup_tsk(HIGH), E_OK);
	must(dly_tsk(MSEC(990)), E_OK);
	check(result, E_SYS, "[SYN-15] [SYN-5] wup_tsk does not end a delay");
	must(dly_tsk(MSEC(20)), E_OK);
	check(result, E_OK, "[SYN-15] its time does");

	start(HIGH, do_dly);
	must(sus_tsk(HIGH), E_OK);
	must(dly_tsk(MSEC(1010)), E_OK);
	check(result, E_SYS, "[WAI-5] a delay that ends leaves the suspension");
	must(rsm_tsk(HIGH), E_OK);
	check(result, E_OK, "[WAI-5] resumed, the task gets E_OK");
	check_that(dormant(HIGH), "[SYN-15] and ends");
}

/* (G) */
#define bad_number(call) \
	do { \
		check(call(-1), E_ID, "[CTX-4] [CTX-5] " #call "(-1)"); \
		check(call(LAST + 1), E_ID, "[CTX-4] [CTX-5] " #call " on a number behind the last"); \
	} while (0)

static void numbers(void)
{
	bad_number(wup_tsk);
	bad_number(can_wup);
	bad_number(rel_wai);
	bad_number(sus_tsk);
	bad_number(rsm_tsk);
	bad_number(frsm_tsk);
	check(rel_wai(TSK_SELF), E_ID, "[CTX-4] rel_wai(TSK_SELF)");
	check(rsm_tsk(TSK_SELF), E_ID, "[CTX-4] rsm_tsk(TSK_SELF)");
	check(frsm_tsk(TSK_SELF), E_ID, "[CTX-4] frsm_tsk(TSK_SELF)");
}

void main_task(VP_INT exinf)
{
	sleeping();
	wake_ups();
	release_by_force();
	suspension();
	resumption();
	delays();
	numbers();
	tap_end();
}
