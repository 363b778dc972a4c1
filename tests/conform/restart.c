/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: the initial state of all objects, also at the second start of the
 * real-time side in the same memory. The program leaves everything in disorder
 * and stops; where there can be a second start (linux) the runner makes one,
 * and its points are what counts.
 *
 * Items:
 * (A) [TSK-1] [TSK-3] [TSK-4] [TEX-1] tasks
 * (B) [SEM-1] [FLG-1] [DTQ-1] [MBX-1] [MTX-1] [MPF-1] objects
 * (C) [TIM-1] [CYC-4] [ALM-1] time
 *
 * Resources: MAIN (10) leads; FIRST, SECOND (9) note their starts; WAITER (5),
 * READY (20) and DELAYED (5) are left in a wait, ready and in a delay.
 */
#include "restart.h"
#include "kernel_id.h"

static INT starts;			/* digits: who has started, in which order */
static INT handled;
static INT routine_runs;
static T_MSG_PRI message = { .msgpri = 2 };

void first_task(VP_INT exinf)
{
	starts = starts * 10 + (INT)exinf;
}

void waiter_task(VP_INT exinf)
{
	if (exinf == 1) {
		dly_tsk(TMAX_RELTIM);
		return;
	}
	must(ena_tex(), E_OK);
	must(loc_mtx(MUTEX), E_OK);
	wai_sem(WAITED);
}

void waiter_texrtn(TEXPTN texptn, VP_INT exinf)
{
	routine_runs++;
}

void nothing(VP_INT exinf)
{
}

void count_handler(VP_INT exinf)
{
	handled++;
}

static bool dormant(ID tskid)
{
	PRI pri;

	return get_pri(tskid, &pri) == E_OBJ && can_act(tskid) == 0;
}

/* (A) */
static void tasks(void)
{
	PRI pri = 0;

	check(starts, 12, "[TSK-1] the tasks with TA_ACT have been started in order");
	check_that(dormant(WAITER) && dormant(READY) && dormant(DELAYED), "[TSK-1] the others are dormant, no start queued");
	check_that(!sns_loc() && !sns_dsp() && !sns_ctx(), "[TSK-4] the CPU is unlocked, dispatching enabled");
	must(get_pri(TSK_SELF, &pri), E_OK);
	check(pri, 10, "[TSK-3] the priority is the initial one");
	check(can_wup(TSK_SELF), 0, "[TSK-3] no wake-up is queued");
	must(act_tsk(WAITER), E_OK);
	check(routine_runs, 0, "[TEX-1] no task exception is pending");
	must(ter_tsk(WAITER), E_OK);
}

/* (B) */
static void objects(void)
{
	INT count = 0;
	FLGPTN pattern = 0;
	VP_INT datum;
	T_MSG *received;
	VP block;

	while (pol_sem(SEM) == E_OK)
		count++;
	check(count, 2, "[SEM-1] the semaphore's count is isemcnt");
	must(pol_flg(FLAG, ~0U, TWF_ORW, &pattern), E_OK);
	check(pattern, 0x5, "[FLG-1] the flag's pattern is iflgptn");
	check(prcv_dtq(QUEUE, &datum), E_TMOUT, "[DTQ-1] the data queue is empty");
	check(prcv_mbx(BOX, &received), E_TMOUT, "[MBX-1] the mailbox is empty");
	check(ploc_mtx(MUTEX), E_OK, "[MTX-1] the mutex is free");
	for (count = 0; pget_mpf(POOL, &block) == E_OK; count++)
		;
	check(count, 2, "[MPF-1] all blocks of the pool are free");
}

/* (C) */
static void times(SYSTIM at_start)
{
	check_between(at_start, 0, MSEC(1), "[TIM-1] the system time is 0");
	must(dly_tsk(MSEC(5)), E_OK);
	check(handled, 0, "[CYC-4] [ALM-1] neither cyclic handler nor alarm are started");
}

/* Leave nothing as it was at first. */
static void disorder(void)
{
	SYSTIM later = 123456789;

	must(clr_flg(FLAG, 0), E_OK);
	must(set_flg(FLAG, 0xf0), E_OK);
	must(psnd_dtq(QUEUE, 1), E_OK);
	must(snd_mbx(BOX, &message.msgque), E_OK);
	must(unl_mtx(MUTEX), E_OK);
	must(act_tsk(WAITER), E_OK);
	must(act_tsk(WAITER), E_OK);
	must(wup_tsk(WAITER), E_OK);
	must(ras_tex(WAITER, 1), E_OK);
	must(sus_tsk(WAITER), E_OK);
	must(act_tsk(DELAYED), E_OK);
	must(act_tsk(READY), E_OK);
	must(chg_pri(READY, 19), E_OK);
	must(chg_pri(TSK_SELF, 8), E_OK);
	must(wup_tsk(TSK_SELF), E_OK);
	must(act_tsk(FIRST), E_OK);
	must(act_tsk(SECOND), E_OK);
	must(sus_tsk(SECOND), E_OK);
	must(sta_cyc(CYCLE), E_OK);
	must(sta_alm(ALARM, MSEC(4)), E_OK);
	must(set_tim(&later), E_OK);
	must(dis_dsp(), E_OK);
}

static void stop_in_handler(void)
{
	must(iloc_cpu(), E_OK);
	tap_leave();
}

void main_task(VP_INT exinf)
{
	SYSTIM at_start = 0;

	must(get_tim(&at_start), E_OK);
	tasks();
	objects();
	times(at_start);
	disorder();
	/* The program's own variables are not the kernel's business. */
	starts = handled = 0;
	tap_in_handler(stop_in_handler);
}
