/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time events that meet the kernel's own critical sections: while a task makes
 * service calls nearly all the time, in an order that does not repeat, a cyclic
 * handler notes how late it is. Its period is far longer than a call, and
 * nothing ties it to them, so that it meets all of their instructions in time.
 */
#include "jitter.h"
#include "kernel_id.h"

/* At a stretch: well below the budget of a real-time side that never pauses */
#define BUSY_NS		15000000ULL
#define NEVER		MSEC(1000000)

UW critical_latency[CRITICALS];
static volatile UINT events;

void critical_event(VP_INT exinf)
{
	UD latency = vget_lat();

	if (events < CRITICALS)
		critical_latency[events++] = latency;
}

void critical_other(VP_INT exinf)
{
}

/* ---- tasks that the calls below switch to, each back in its wait at once -- */

void critical_taker(VP_INT exinf)
{
	while (twai_sem(SEMAPHORE, NEVER) == E_OK)
		;
}

void critical_receiver(VP_INT exinf)
{
	VP_INT data;

	while (rcv_dtq(QUEUE, &data) == E_OK)
		;
}

void critical_follower(VP_INT exinf)
{
	FLGPTN pattern = 1;

	while (wai_flg(FLAG, pattern, TWF_ORW, &pattern) == E_OK)
		pattern ^= 3;
}

/* ---- calls --------------------------------------------------------------- */

static void hand_semaphore(void)
{
	sig_sem(SEMAPHORE);
}

static void hand_data(void)
{
	snd_dtq(QUEUE, 0);
}

/* The followers wait for one bit and the other by turns. */
static void release_followers(void)
{
	static FLGPTN pattern = 1;

	set_flg(FLAG, pattern);
	clr_flg(FLAG, 0);
	pattern ^= 3;
}

static void time_events(void)
{
	sta_cyc(OTHER_CYCLE);
	sta_alm(OTHER_ALARM, NEVER);
	stp_cyc(OTHER_CYCLE);
	stp_alm(OTHER_ALARM);
}

static void lock_and_unlock(void)
{
	loc_mtx(MUTEX);
	chg_pri(TSK_SELF, TMIN_TPRI + 3);
	unl_mtx(MUTEX);
	chg_pri(TSK_SELF, TPRI_INI);
}

static void take_and_give(void)
{
	VP block;

	if (get_mpf(POOL, &block) == E_OK)
		rel_mpf(POOL, block);
}

/* A less urgent task becomes ready, is suspended, resumed, ended. */
static void manage_task(void)
{
	act_tsk(OTHER_TASK);
	sus_tsk(OTHER_TASK);
	rsm_tsk(OTHER_TASK);
	ter_tsk(OTHER_TASK);
}

static void look_at_time(void)
{
	SYSTIM now;

	get_tim(&now);
	rot_rdq(TPRI_SELF);
}

static void (*const calls[])(void) = {
	hand_semaphore, hand_data, release_followers, time_events, lock_and_unlock, take_and_give, manage_task, look_at_time,
};

static UINT any(void)
{
	static UW state = 2463534242U;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % (sizeof(calls) / sizeof(calls[0]));
}

void critical_caller(VP_INT exinf)
{
	for (ID task = TAKER; task <= FOLLOWER_3; task++)
		act_tsk(task);
	sta_cyc(METRONOME);
	while (events < CRITICALS) {
		UD begin = vget_cyc();

		while (vcyc_ns(vget_cyc() - begin) < BUSY_NS)
			calls[any()]();
		dly_tsk(MSEC(1));
	}
	stp_cyc(METRONOME);
	act_tsk(REPORTER);
}
