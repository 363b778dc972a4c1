/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: task exceptions.
 *
 * Items:
 * (A) [TEX-1] [TEX-14] [TEX-15] disabled at first, dis_tex, ena_tex, sns_tex
 * (B) [TEX-2] [TEX-3] [TEX-13] [CTX-5] [CTX-6] errors
 * (C) [TEX-4] [TEX-6] [TEX-7] [TEX-9] the caller's own exceptions
 * (D) [TEX-10] [TEX-11] nesting and repetition
 * (E) [TEX-5] [TEX-8] exceptions of another task: waiting, ready, preempted
 * (F) [TEX-7] [TEX-8] raised by a handler; a task stopped by an interrupt
 * (G) [TEX-12] what the routine does to CPU lock and dispatching
 * (H) [TEX-10] [TSK-10] [SCH-4] the routine waits, ends its task, is preempted
 *
 * Resources: MAIN (10), HIGH (5), LOW (20) with routines; PLAIN (5) without;
 * SEM, ALARM. work[] and routine[] say what tasks do.
 */
#include "task_except.h"
#include "kernel_id.h"

static void (*work[3])(void);
static void (*routine[2])(TEXPTN texptn);
static void (*main_routine)(TEXPTN texptn);
static volatile ER result;
static TEXPTN seen;
static VP_INT exinf_seen;
static INT runs;

void main_texrtn(TEXPTN texptn, VP_INT exinf)
{
	exinf_seen = exinf;
	main_routine(texptn);
}

void work_texrtn(TEXPTN texptn, VP_INT exinf)
{
	routine[exinf](texptn);
}

void work_task(VP_INT exinf)
{
	work[exinf]();
}

static void note_pattern(TEXPTN texptn)
{
	seen = texptn;
	runs++;
}

static bool dormant(ID tskid)
{
	PRI pri;

	return get_pri(tskid, &pri) == E_OBJ;
}

/* (A) */
static void enabling(void)
{
	main_routine = note_pattern;
	check_that(sns_tex(), "[TEX-1] [TEX-15] task exceptions are disabled at a task's start");
	check(ena_tex(), E_OK, "[TEX-14] ena_tex");
	check_that(!sns_tex(), "[TEX-14] [TEX-15] enables them");
	check(runs, 0, "[TEX-1] none was pending");
	check(ena_tex(), E_OK, "[TEX-14] ena_tex once more");
	check(dis_tex(), E_OK, "[TEX-14] dis_tex");
	check_that(sns_tex(), "[TEX-14] [TEX-15] disables them");
	check(dis_tex(), E_OK, "[TEX-14] dis_tex once more");
}

/* (B) */
#define LAST	PLAIN

static void plain(void)
{
	check(ras_tex(TSK_SELF, 1), E_OBJ, "[TEX-3] ras_tex by a task without routine on itself");
	check(dis_tex(), E_OBJ, "[TEX-13] dis_tex in a task without routine");
	check(ena_tex(), E_OBJ, "[TEX-13] ena_tex in a task without routine");
	check_that(sns_tex(), "[TEX-15] sns_tex in a task without routine");
	slp_tsk();
}

static void errors_in_handler(void)
{
	check(iras_tex(MAIN, 0), E_PAR, "[TEX-2] iras_tex with the pattern 0");
	check(iras_tex(HIGH, 1), E_OBJ, "[TEX-3] iras_tex on a dormant task");
	check(iras_tex(PLAIN, 1), E_OBJ, "[TEX-3] iras_tex on a task without routine");
	check(iras_tex(TSK_SELF, 1), E_ID, "[CTX-6] iras_tex(TSK_SELF)");
	check(iras_tex(LAST + 1, 1), E_ID, "[CTX-6] iras_tex on a number behind the last");
}

static BOOL disabled_in_idle;

void alarm_handler(VP_INT exinf)
{
	disabled_in_idle = sns_tex();
}

static void errors(void)
{
	check(ras_tex(TSK_SELF, 0), E_PAR, "[TEX-2] ras_tex with the pattern 0");
	check(ras_tex(HIGH, 1), E_OBJ, "[TEX-3] ras_tex on a dormant task");
	work[2] = plain;
	must(act_tsk(PLAIN), E_OK);
	check(ras_tex(PLAIN, 1), E_OBJ, "[TEX-3] ras_tex on a task without routine");
	check(ras_tex(-1, 1), E_ID, "[CTX-5] ras_tex(-1)");
	check(ras_tex(LAST + 1, 1), E_ID, "[CTX-5] ras_tex on a number behind the last");
	must(ena_tex(), E_OK);
	tap_in_handler(errors_in_handler);
	check(runs, 0, "[TEX-2] no routine has run");
	must(sta_alm(ALARM, MSEC(1)), E_OK);
	must(dly_tsk(MSEC(4)), E_OK);
	check(disabled_in_idle, TRUE, "[TEX-15] sns_tex in a handler that interrupts idle");
	must(dis_tex(), E_OK);
	must(ter_tsk(PLAIN), E_OK);
}

/* (C) */
static void own(void)
{
	main_routine = note_pattern;
	runs = 0;
	check(ras_tex(TSK_SELF, 0x1), E_OK, "[TEX-6] ras_tex with exceptions disabled");
	check(runs, 0, "[TEX-6] runs no routine");
	must(ras_tex(MAIN, 0x80000000), E_OK);
	must(ras_tex(TSK_SELF, 0x1), E_OK);
	check(ena_tex(), E_OK, "[TEX-7] ena_tex with exceptions pending");
	check(runs, 1, "[TEX-7] runs the routine before it returns");
	check(seen, 0x80000001, "[TEX-4] [TEX-9] with all pending bits");
	check(exinf_seen, EXINF, "[TEX-9] and exinf");
	must(ena_tex(), E_OK);
	check(runs, 1, "[TEX-9] then none is pending");
	check(ras_tex(TSK_SELF, 0x20), E_OK, "[TEX-7] ras_tex with exceptions enabled");
	check(runs, 2, "[TEX-7] runs the routine before it returns");
	check(seen, 0x20, "[TEX-9] with these bits only");
	check_that(!sns_tex(), "[TEX-11] when it has returned they are enabled");
	must(dis_tex(), E_OK);
}

/* (D) */
static void raise_in_routine(TEXPTN texptn)
{
	if (!runs++) {
		check_point(1);
		check_that(sns_tex(), "[TEX-10] exceptions are disabled while the routine runs");
		must(ras_tex(TSK_SELF, 0x4), E_OK);
		must(ras_tex(TSK_SELF, 0x8), E_OK);
		check_point(2);
	} else {
		seen = texptn;
		check_point(3);
	}
}

static void nest(TEXPTN texptn)
{
	if (texptn == 1) {
		check_point(1);
		must(ena_tex(), E_OK);
		must(ras_tex(TSK_SELF, 2), E_OK);
		check_point(4);
		check_that(!sns_tex(), "[TEX-11] the inner routine's return leaves exceptions enabled in the outer one");
	} else {
		check_point(2);
		check_that(sns_tex(), "[TEX-10] exceptions are disabled in the inner routine");
		check_point(3);
	}
}

static void disable_in_routine(TEXPTN texptn)
{
	must(dis_tex(), E_OK);
}

static void repetition(void)
{
	main_routine = raise_in_routine;
	runs = 0;
	must(ena_tex(), E_OK);
	must(ras_tex(TSK_SELF, 0x2), E_OK);
	check_point(4);
	check_sequence(4, "[TEX-11] what the routine raises makes it run again after it has returned");
	check(seen, 0xc, "[TEX-4] with these bits");

	main_routine = nest;
	must(ras_tex(TSK_SELF, 1), E_OK);
	check_point(5);
	check_sequence(5, "[TEX-10] a routine that enables exceptions is interrupted by them");

	main_routine = disable_in_routine;
	must(ras_tex(TSK_SELF, 1), E_OK);
	check_that(!sns_tex(), "[TEX-11] exceptions are enabled after the routine even if it disables them");
	must(dis_tex(), E_OK);
}

/* (E) */
static void enable_and_sleep(void)
{
	must(ena_tex(), E_OK);
	result = E_SYS;
	result = slp_tsk();
	check_point(3);
}

static void routine_point_2(TEXPTN texptn)
{
	seen = texptn;
	check_point(2);
	check(result, E_SYS, "[TEX-8] before the call that waited returns");
}

static void enable_and_get_preempted(void)
{
	must(ena_tex(), E_OK);
	check_point(1);
	must(wup_tsk(MAIN), E_OK);
	check_point(4);
}

static void routine_point_3(TEXPTN texptn)
{
	seen = texptn;
	check_point(3);
}

static void other_task(void)
{
	work[0] = enable_and_sleep;
	routine[0] = routine_point_2;
	must(act_tsk(HIGH), E_OK);
	check(ras_tex(HIGH, 0x10), E_OK, "[TEX-5] ras_tex on a waiting task");
	check(ras_tex(HIGH, 0x01), E_OK, "[TEX-4] twice");
	check(result, E_SYS, "[TEX-5] does not end its wait");
	check_point(1);
	must(wup_tsk(HIGH), E_OK);
	check_sequence(3, "[TEX-8] the routine runs when the task runs next");
	check(seen, 0x11, "[TEX-4] [TEX-9] with all bits");
	check(result, E_OK, "[TEX-8] and the waiting call returns what it would have returned");

	/* Ended with an exception pending */
	must(act_tsk(HIGH), E_OK);
	must(ras_tex(HIGH, 1), E_OK);
	must(ter_tsk(HIGH), E_OK);
	must(act_tsk(HIGH), E_OK);
	check_point(1);
	check_point(2);
	must(wup_tsk(HIGH), E_OK);
	check_sequence(3, "[TEX-1] an exception that was pending at a task's end is forgotten");

	work[1] = enable_and_get_preempted;
	routine[1] = routine_point_3;
	must(act_tsk(LOW), E_OK);
	must(slp_tsk(), E_OK);
	check_point(2);
	check(ras_tex(LOW, 0x7), E_OK, "[TEX-8] ras_tex on a ready task");
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(4, "[TEX-8] runs its routine when it runs next, before its call returns");
	check(seen, 0x7, "[TEX-9] with the bits raised");

}

/* (F) */
static void (*interrupt_handler)(void);

void interrupt(void)
{
	interrupt_handler();
}

static void raise_disabled(void)
{
	must(iras_tex(MAIN, 0x40), E_OK);
	check_point(1);
}

static void raise_main(void)
{
	check(iras_tex(MAIN, 0x3), E_OK, "[TEX-7] iras_tex on the interrupted task");
	check_that(!sns_tex(), "[TEX-15] sns_tex in a handler tells of the interrupted task");
	check_point(1);
}

static void raise_high(void)
{
	must(iras_tex(HIGH, 0x5), E_OK);
	must(iwup_tsk(HIGH), E_OK);
	check_point(1);
}

static void count_run(TEXPTN texptn)
{
	runs++;
	seen = texptn;
	check_point(2);
	check_that(!sns_ctx() && !sns_loc() && !sns_dsp(), "[TEX-7] the routine runs in the task's context, unlocked");
}

static void from_handler(void)
{
	runs = 0;
	main_routine = count_run;
	must(ena_tex(), E_OK);
	interrupt_handler = raise_main;
	must(vras_int(1), E_OK);
	check_point(3);
	check_sequence(3, "[TEX-8] iras_tex on the interrupted task: the routine runs before that goes on");
	check(seen, 0x3, "[TEX-9] with the bits raised");

	must(loc_cpu(), E_OK);
	must(vras_int(1), E_OK);
	must(runs, 1);
	must(unl_cpu(), E_OK);
	check_point(3);
	check_sequence(3, "[TEX-8] an interrupt that waited for unl_cpu: the routine runs before that returns");

	must(dis_tex(), E_OK);
	interrupt_handler = raise_disabled;
	must(vras_int(1), E_OK);
	check(runs, 2, "[TEX-6] iras_tex on the interrupted task with exceptions disabled");
	must(ena_tex(), E_OK);
	check(runs, 3, "[TEX-7] the routine runs when it enables them");
	check_sequence(2, "[TEX-7] once");
	must(dis_tex(), E_OK);

	work[0] = enable_and_sleep;
	routine[0] = routine_point_2;
	must(act_tsk(HIGH), E_OK);
	interrupt_handler = raise_high;
	must(vras_int(1), E_OK);
	check_sequence(3, "[TEX-8] iras_tex on a task that the handler then wakes");
	check(seen, 0x5, "[TEX-9] with the bits raised");
}

/* (G) */
static void lock_in_routine(TEXPTN texptn)
{
	runs++;
	must(loc_cpu(), E_OK);
}

static void disable_dispatch_in_routine(TEXPTN texptn)
{
	runs++;
	must(dis_dsp(), E_OK);
}

static void enable_dispatch_in_routine(TEXPTN texptn)
{
	runs++;
	check_that(sns_dsp(), "[TEX-7] the routine runs also while dispatching is disabled, which it stays");
	must(ena_dsp(), E_OK);
}

static void states(void)
{
	runs = 0;
	must(ena_tex(), E_OK);
	main_routine = lock_in_routine;
	check(ras_tex(TSK_SELF, 1), E_OK, "[TEX-12] a routine that returns with the CPU locked");
	check_that(!sns_loc(), "[TEX-12] has it unlocked");
	main_routine = disable_dispatch_in_routine;
	must(ras_tex(TSK_SELF, 1), E_OK);
	check_that(sns_dsp(), "[TEX-12] a routine that disables dispatching leaves it disabled");
	main_routine = enable_dispatch_in_routine;
	must(ras_tex(TSK_SELF, 1), E_OK);
	check_that(!sns_dsp(), "[TEX-12] a routine that enables dispatching leaves it enabled");
	check(runs, 3, "[TEX-12] all three have run");
	must(dis_tex(), E_OK);
}

/* (H) */
static void wait_in_routine(TEXPTN texptn)
{
	check_point(2);
	check(twai_sem(SEM, MSEC(1)), E_TMOUT, "[TEX-10] a routine may wait");
	check_point(4);
}

static void take_semaphore(void)
{
	must(ena_tex(), E_OK);
	result = E_SYS;
	result = wai_sem(SEM);
	check_point(5);
}

static void end_in_routine(TEXPTN texptn)
{
	check_point(2);
	ext_tsk();
}

static void enable_and_spoil(void)
{
	must(ena_tex(), E_OK);
	slp_tsk();
	check_point(99);
}

static void wake_high(TEXPTN texptn)
{
	check_point(2);
	must(wup_tsk(HIGH), E_OK);
	check_point(4);
}

static void sleep_and_pass(void)
{
	slp_tsk();
	check_point(3);
}

static void freedom(void)
{
	work[0] = take_semaphore;
	routine[0] = wait_in_routine;
	must(act_tsk(HIGH), E_OK);
	must(ras_tex(HIGH, 1), E_OK);
	check_point(1);
	must(sig_sem(SEM), E_OK);
	check_point(3);
	must(dly_tsk(MSEC(5)), E_OK);
	check_sequence(5, "[TEX-10] others run while a routine waits");
	check(result, E_OK, "[TEX-8] the wait that was over before keeps its result");

	work[0] = enable_and_spoil;
	routine[0] = end_in_routine;
	must(act_tsk(HIGH), E_OK);
	must(ras_tex(HIGH, 1), E_OK);
	check_point(1);
	must(wup_tsk(HIGH), E_OK);
	check_sequence(2, "[TSK-10] ext_tsk in a routine ends the task");
	check_that(dormant(HIGH), "[TSK-10] which is dormant then");

	work[0] = sleep_and_pass;
	must(act_tsk(HIGH), E_OK);
	main_routine = wake_high;
	must(ena_tex(), E_OK);
	check_point(1);
	must(ras_tex(TSK_SELF, 1), E_OK);
	check_point(5);
	check_sequence(5, "[TEX-10] [SCH-4] a routine is preempted like its task");
	must(dis_tex(), E_OK);
}

void main_task(VP_INT exinf)
{
	enabling();
	errors();
	own();
	repetition();
	other_task();
	from_handler();
	states();
	freedom();
	tap_end();
}
