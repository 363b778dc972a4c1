/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: the order in which ready tasks run, and when.
 *
 * Items:
 * (A) [SCH-1] every priority, readied in another order
 * (B) [SCH-2] started, released, resumed tasks come behind their equals
 * (C) [SCH-3] a displaced task stays before its equals
 * (D) [SCH-4] each call that makes a higher task ready
 * (E) [SCH-5] [SYS-12] the same calls with dispatching disabled
 * (F) [SCH-6] handlers, one and several; idle
 * (G) [SCH-1] [SCH-2] [TSK-8] [TSK-22] [SYS-2] random sequences of calls, compared with a model
 *
 * Resources: MAIN (10) leads; WORKER0..7 (20) note in which order they run;
 * WAITER (5) waits for one object of each kind, HOLDER (6) has the mutex;
 * interrupts 1 and 2, ALARM.
 */
#include "schedule.h"
#include "kernel_id.h"

#define WORKER(n)	((ID)(WORKER0 + (n)))

static void (*work)(INT worker);
static void (*wait)(void);
static void (*interrupt_function[3])(void);
static INT order[1000];			/* workers as they ran */
static INT ran;

void work_task(VP_INT exinf)
{
	work((INT)exinf);
}

void waiter_task(VP_INT exinf)
{
	if (exinf == 1) {
		must(loc_mtx(MUTEX), E_OK);
		slp_tsk();
		return;
	}
	wait();
}

void interrupt(VP_INT exinf)
{
	interrupt_function[exinf]();
}

static void note(INT worker)
{
	if (ran < (INT)(sizeof(order) / sizeof(order[0])))
		order[ran++] = worker;
}

static void let_run(void)
{
	must(dly_tsk(MSEC(1)), E_OK);
}

/* (A) */
static void all_priorities(void)
{
	INT round, i;
	bool right = true;

	work = note;
	for (round = 0; round < TMAX_TPRI / WORKERS; round++) {
		ran = 0;
		must(dis_dsp(), E_OK);
		for (i = 0; i < WORKERS; i++) {
			INT n = (i * 3 + 5) % WORKERS;

			must(act_tsk(WORKER(n)), E_OK);
			must(chg_pri(WORKER(n), 1 + round + n * (TMAX_TPRI / WORKERS)), E_OK);
		}
		must(ena_dsp(), E_OK);
		let_run();
		for (i = 0; i < WORKERS; i++)
			right = right && ran == WORKERS && order[i] == i;
	}
	check_that(right, "[SCH-1] tasks of all priorities run in the order of these, however they became ready");
}

/* (B) */
static void sleep_then_note(INT worker)
{
	slp_tsk();
	note(worker);
}

/* Workers a, b, c have run in this order. */
static bool ran_as(INT a, INT b, INT c)
{
	return ran == 3 && order[0] == a && order[1] == b && order[2] == c;
}

static void behind_equals(void)
{
	work = note;
	ran = 0;
	must(act_tsk(WORKER2), E_OK);
	must(act_tsk(WORKER0), E_OK);
	must(act_tsk(WORKER1), E_OK);
	let_run();
	check_that(ran_as(2, 0, 1), "[SCH-2] started tasks run in the order of their starts");

	work = sleep_then_note;
	ran = 0;
	must(act_tsk(WORKER0), E_OK);
	must(act_tsk(WORKER1), E_OK);
	must(act_tsk(WORKER2), E_OK);
	let_run();
	must(wup_tsk(WORKER1), E_OK);
	must(rel_wai(WORKER0), E_OK);
	must(wup_tsk(WORKER2), E_OK);
	let_run();
	check_that(ran_as(1, 0, 2), "[SCH-2] released tasks run in the order of their release");

	work = note;
	ran = 0;
	must(act_tsk(WORKER0), E_OK);
	must(act_tsk(WORKER1), E_OK);
	must(act_tsk(WORKER2), E_OK);
	must(sus_tsk(WORKER0), E_OK);
	must(sus_tsk(WORKER1), E_OK);
	must(rsm_tsk(WORKER1), E_OK);
	must(rsm_tsk(WORKER0), E_OK);
	let_run();
	check_that(ran_as(2, 1, 0), "[SCH-2] resumed tasks run in the order of their resumption");
}

/* (C) */
static void get_displaced(INT worker)
{
	if (worker == 0) {
		check_point(1);
		must(sig_sem(SEM), E_OK);
		check_point(3);
		must(vras_int(1), E_OK);
		check_point(5);
		must(chg_pri(WORKER2, 15), E_OK);
		check_point(7);
	} else if (worker == 1) {
		check_point(8);
	} else {
		check_point(6);
	}
}

static void two_waits(void)
{
	must(wai_sem(SEM), E_OK);
	check_point(2);
	must(wai_sem(SEM), E_OK);
	check_point(4);
}

static void signal_semaphore(void)
{
	must(isig_sem(SEM), E_OK);
}

static void displaced(void)
{
	work = get_displaced;
	wait = two_waits;
	interrupt_function[1] = signal_semaphore;
	must(act_tsk(WAITER), E_OK);
	must(act_tsk(WORKER0), E_OK);
	must(act_tsk(WORKER1), E_OK);
	must(act_tsk(WORKER2), E_OK);
	let_run();
	check_sequence(8, "[SCH-3] a task displaced by a call, an interrupt, a raised task goes on before its equals");
}

/* (D) (E) */
static FLGPTN pattern;
static VP_INT datum;
static T_MSG message, *received;
static VP block, other_block;

static void wait_slp(void)	{ slp_tsk(); }
static void wait_sus(void)	{ sus_tsk(TSK_SELF); }
static void wait_sem(void)	{ wai_sem(SEM); }
static void wait_flg(void)	{ wai_flg(FLAG, 1, TWF_ORW, &pattern); }
static void wait_rcv(void)	{ rcv_dtq(QUEUE, &datum); }
static void wait_snd(void)	{ snd_dtq(QUEUE, 2); }
static void wait_mbx(void)	{ rcv_mbx(BOX, &received); }
static void wait_mtx(void)	{ if (loc_mtx(MUTEX) == E_OK) unl_mtx(MUTEX); }
static void wait_mpf(void)	{ if (get_mpf(POOL, &other_block) == E_OK) rel_mpf(POOL, other_block); }
static void wait_start(void)	{ }
static void wait_low(void)	{ chg_pri(TSK_SELF, 15); }

static ER do_act(void)		{ return act_tsk(WAITER); }
static ER do_wup(void)		{ return wup_tsk(WAITER); }
static ER do_rel_wai(void)	{ return rel_wai(WAITER); }
static ER do_rsm(void)		{ return rsm_tsk(WAITER); }
static ER do_frsm(void)		{ return frsm_tsk(WAITER); }
static ER do_chg_pri(void)	{ return chg_pri(WAITER, 5); }
static ER do_lower(void)	{ return chg_pri(TSK_SELF, 16); }
static ER do_sig_sem(void)	{ return sig_sem(SEM); }
static ER do_set_flg(void)	{ return set_flg(FLAG, 1); }
static ER do_psnd_dtq(void)	{ return psnd_dtq(QUEUE, 1); }
static ER do_fsnd_dtq(void)	{ return fsnd_dtq(QUEUE, 1); }
static ER do_prcv_dtq(void)	{ return prcv_dtq(QUEUE, &datum); }
static ER do_snd_mbx(void)	{ return snd_mbx(BOX, &message); }
static ER do_unl_mtx(void)	{ return unl_mtx(MUTEX); }
static ER do_ter_tsk(void)	{ return ter_tsk(HOLDER); }
static ER do_rel_mpf(void)	{ return rel_mpf(POOL, block); }

static void nothing(void)	{ }
static void fill_queue(void)	{ must(psnd_dtq(QUEUE, 1), E_OK); }
static void empty_queue(void)	{ while (prcv_dtq(QUEUE, &datum) == E_OK) ; }
static void take_mutex(void)	{ must(ploc_mtx(MUTEX), E_OK); }
static void start_holder(void)	{ must(act_tsk(HOLDER), E_OK); }
static void take_block(void)	{ must(pget_mpf(POOL, &block), E_OK); }
static void reset_pri(void)	{ must(chg_pri(TSK_SELF, TPRI_INI), E_OK); }

static const struct cause {
	const char *higher;		/* the texts of the points */
	const char *disabled;
	void (*prepare)(void);
	void (*wait)(void);		/* what WAITER does; wait_start: nothing, it is not started before */
	ER (*make_ready)(void);
	void (*clean)(void);
} causes[] = {
#define CAUSE(name, ...) { "[SCH-4] " name ": the higher task runs before the call returns", \
			   "[SCH-5] " name ": not while dispatching is disabled", __VA_ARGS__ }
	CAUSE("act_tsk", nothing, wait_start, do_act, nothing),
	CAUSE("wup_tsk", nothing, wait_slp, do_wup, nothing),
	CAUSE("rel_wai", nothing, wait_slp, do_rel_wai, nothing),
	CAUSE("rsm_tsk", nothing, wait_sus, do_rsm, nothing),
	CAUSE("frsm_tsk", nothing, wait_sus, do_frsm, nothing),
	CAUSE("chg_pri of the other", nothing, wait_low, do_chg_pri, nothing),
	CAUSE("chg_pri of the caller", nothing, wait_low, do_lower, reset_pri),
	CAUSE("sig_sem", nothing, wait_sem, do_sig_sem, nothing),
	CAUSE("set_flg", nothing, wait_flg, do_set_flg, nothing),
	CAUSE("psnd_dtq", nothing, wait_rcv, do_psnd_dtq, nothing),
	CAUSE("fsnd_dtq", nothing, wait_rcv, do_fsnd_dtq, nothing),
	CAUSE("prcv_dtq", fill_queue, wait_snd, do_prcv_dtq, empty_queue),
	CAUSE("snd_mbx", nothing, wait_mbx, do_snd_mbx, nothing),
	CAUSE("unl_mtx", take_mutex, wait_mtx, do_unl_mtx, nothing),
	CAUSE("ter_tsk of the owner of a mutex", start_holder, wait_mtx, do_ter_tsk, nothing),
	CAUSE("rel_mpf", take_block, wait_mpf, do_rel_mpf, nothing),
};

static const struct cause *cause;

static void wait_for_cause(void)
{
	check_point(1);
	cause->wait();
	check_point(3);
}

static void start_for_cause(void)
{
	check_point(3);
}

static void prepare_cause(void)
{
	cause->prepare();
	if (cause->wait == wait_start) {
		wait = start_for_cause;
		check_point(1);
	} else {
		wait = wait_for_cause;
		must(act_tsk(WAITER), E_OK);
	}
	check_point(2);
}

static void causes_of_dispatch(void)
{
	for (cause = causes; cause < causes + sizeof(causes) / sizeof(causes[0]); cause++) {
		prepare_cause();
		must(cause->make_ready(), E_OK);
		check_point(4);
		check_sequence(4, cause->higher);
		cause->clean();
	}
}

static void causes_disabled(void)
{
	for (cause = causes; cause < causes + sizeof(causes) / sizeof(causes[0]); cause++) {
		prepare_cause();
		must(dis_dsp(), E_OK);
		must(cause->make_ready(), E_OK);
		check_sequence(2, cause->disabled);
		check_point(1);
		check_point(2);
		must(ena_dsp(), E_OK);
		check_point(4);
		check_sequence(4, "[SYS-12] [SCH-4] but before ena_dsp returns");
		cause->clean();
	}
}

/* (F) */
static void note_start(INT worker)
{
	check_point(4 + (UINT)worker);
}

static void pass_3(void)
{
	check_point(3);
}

static void start_waiter(void)
{
	check_point(1);
	must(iact_tsk(WAITER), E_OK);
	must(iact_tsk(WORKER1), E_OK);
	check_point(2);
}

static void pass_4(void)
{
	check_point(4);
}

static void wake_main(void)
{
	check_point(1);
	must(iwup_tsk(MAIN), E_OK);
	check_point(2);
}

void alarm_handler(VP_INT exinf)
{
	wake_main();
}

static void handlers(void)
{
	work = note_start;
	wait = pass_3;
	interrupt_function[1] = start_waiter;
	interrupt_function[2] = pass_3;
	must(vras_int(1), E_OK);
	check_point(4);
	must(ter_tsk(WORKER1), E_OK);
	check_sequence(4, "[SCH-6] a higher task that a handler starts runs when the handler has ended");

	wait = pass_4;
	must(loc_cpu(), E_OK);
	must(vras_int(1), E_OK);
	must(vras_int(2), E_OK);
	must(unl_cpu(), E_OK);
	check_point(5);
	must(ter_tsk(WORKER1), E_OK);
	check_sequence(5, "[SCH-6] when several handlers are due it runs after the last");

	must(sta_alm(ALARM, MSEC(1)), E_OK);
	must(slp_tsk(), E_OK);
	check_point(3);
	check_sequence(3, "[SCH-6] a handler that ends idle");

	must(dis_dsp(), E_OK);
	wait = pass_3;
	must(vras_int(1), E_OK);
	check_sequence(2, "[SCH-5] a task that a handler starts does not run while dispatching is disabled");
	check_point(1);
	check_point(2);
	must(ena_dsp(), E_OK);
	must(ter_tsk(WORKER1), E_OK);
	check_sequence(3, "[SYS-12] but before ena_dsp returns");
}

/* (G) A model of eight tasks, and of the ready queue as a list of (priority, task). */
#define ROUNDS		300
#define STEPS		30

static struct {
	bool active;
	INT suspended;
	PRI pri;
	INT queued;
} model[WORKERS];
static INT ready[WORKERS];		/* ready tasks: the model's queue, in the order of readiness */
static INT ready_count;

static UW random_next(void)
{
	static UW state = 20261122;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void model_remove(INT n)
{
	INT i, j = 0;

	for (i = 0; i < ready_count; i++)
		if (ready[i] != n)
			ready[j++] = ready[i];
	ready_count = j;
}

static void model_append(INT n)
{
	model_remove(n);
	ready[ready_count++] = n;
}

static void model_start(INT n)
{
	model[n].active = true;
	model[n].suspended = 0;
	model[n].pri = WORKER_PRI;
	model_append(n);
}

static void model_end(INT n)
{
	model_remove(n);
	model[n].active = false;
	if (model[n].queued) {
		model[n].queued--;
		model_start(n);
	}
}

/* The first task of the highest priority, -1 if none is ready. */
static INT model_first(void)
{
	INT i, best = -1;

	for (i = 0; i < ready_count; i++)
		if (best < 0 || model[ready[i]].pri < model[best].pri)
			best = ready[i];
	return best;
}

static void model_rotate(PRI pri)
{
	INT i;

	for (i = 0; i < ready_count; i++) {
		if (model[ready[i]].pri == pri) {
			model_append(ready[i]);
			return;
		}
	}
}

/* One random call on worker n and on the model; the two must agree on the result. */
static bool random_step(void)
{
	INT n = (INT)(random_next() % WORKERS);
	PRI pri = WORKER_PRI - 2 + (PRI)(random_next() % 5);
	ID tskid = WORKER(n);

	switch (random_next() % 8) {
	case 0:
	case 1:
	case 2:
		if (model[n].active)
			model[n].queued++;
		else
			model_start(n);
		return act_tsk(tskid) == E_OK;
	case 3:
		if (!model[n].active)
			return ter_tsk(tskid) == E_OBJ;
		model_end(n);
		return ter_tsk(tskid) == E_OK;
	case 4:
		if (!model[n].active)
			return chg_pri(tskid, pri) == E_OBJ;
		model[n].pri = pri;
		if (!model[n].suspended)
			model_append(n);
		return chg_pri(tskid, pri) == E_OK;
	case 5:
		model_rotate(pri);
		return rot_rdq(pri) == E_OK;
	case 6:
		if (!model[n].active)
			return sus_tsk(tskid) == E_OBJ;
		model[n].suspended++;
		model_remove(n);
		return sus_tsk(tskid) == E_OK;
	default:
		if (!model[n].active || !model[n].suspended)
			return rsm_tsk(tskid) == E_OBJ;
		if (!--model[n].suspended)
			model_append(n);
		return rsm_tsk(tskid) == E_OK;
	}
}

/* Resume what is suspended, let all workers run to their ends and compare. */
static bool same_order(void)
{
	INT n, i = 0;
	bool same = true;

	for (n = 0; n < WORKERS; n++) {
		if (!model[n].active || !model[n].suspended)
			continue;
		model[n].suspended = 0;
		model_append(n);
		same = same && frsm_tsk(WORKER(n)) == E_OK;
	}
	ran = 0;
	let_run();
	while ((n = model_first()) >= 0) {
		same = same && i < ran && order[i] == n;
		i++;
		model_end(n);
	}
	return same && i == ran;
}

static void random_sequences(void)
{
	INT round, step, agreed = 0;
	bool right = true;

	work = note;
	for (round = 0; round < ROUNDS; round++) {
		for (step = 0; step < STEPS; step++)
			right = random_step() && right;
		right = same_order() && right;
		agreed += right;
	}
	check(agreed, ROUNDS, "[SCH-1] [SCH-2] [TSK-8] [TSK-22] [SYS-2] random sequences of calls: results and order as the model says");
}

void main_task(VP_INT exinf)
{
	all_priorities();
	behind_equals();
	displaced();
	causes_of_dispatch();
	causes_disabled();
	handlers();
	random_sequences();
	tap_end();
}
