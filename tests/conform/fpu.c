/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: the FPU registers of tasks with TA_FPU.
 *
 * Items:
 * (A) [FPU-2] control words and x87 stack at a task's start, the first and a later one
 * (B) [FPU-1] two such tasks and one without TA_FPU preempt each other: no register changes
 * (C) [FPU-1] their control words, over service calls
 * (D) [FPU-1] a computation goes on over calls and preemptions as it does alone
 * (E) [FPU-1] a task exception routine that spoils the registers interrupts the task
 *
 * Resources: MAIN (10) leads; HOLDER (20) and RIVAL (15) have TA_FPU, PLAIN
 * (12) has not; CYCLE wakes RIVAL and PLAIN each millisecond.
 */
#include "fpu.h"
#include "kernel_id.h"

/* Counting this far takes longer than a period of CYCLE on any machine. */
#define LOOPS		20000000
#define ROUNDS		12

static void (*hold)(void);
static void (*rival)(void);
static volatile bool holding;		/* HOLDER is between filling and comparing */
static volatile INT rival_runs, plain_runs, met;
static volatile bool raise;		/* CYCLE raises a task exception of HOLDER */
static volatile INT routine_runs;
static INT changed, rival_changed;

void cycle_handler(VP_INT exinf)
{
	iwup_tsk(PLAIN);
	iwup_tsk(RIVAL);
	if (raise)
		iras_tex(HOLDER, 1);
}

void plain_task(VP_INT exinf)
{
	for (;;) {
		slp_tsk();
		plain_runs++;
	}
}

void rival_task(VP_INT exinf)
{
	rival();
}

void holder_task(VP_INT exinf)
{
	hold();
}

void holder_texrtn(TEXPTN texptn, VP_INT exinf)
{
	fpu_spoil();
	/* A routine that comes inside a call must leave the stack as calls do. */
	fpu_clean();
	routine_runs++;
}

/* Let HOLDER run function to its end, while RIVAL and PLAIN wait for CYCLE if cycle. */
static void run(void (*function)(void), void (*other)(void), bool cycle)
{
	hold = function;
	rival = other;
	must(act_tsk(RIVAL), E_OK);
	must(act_tsk(PLAIN), E_OK);
	must(act_tsk(HOLDER), E_OK);
	if (cycle)
		must(sta_cyc(CYCLE), E_OK);
	must(slp_tsk(), E_OK);
	must(stp_cyc(CYCLE), E_OK);
	must(ter_tsk(RIVAL), E_OK);
	must(ter_tsk(PLAIN), E_OK);
	/* HOLDER has nothing left to do but to end. */
	must(dly_tsk(MSEC(1)), E_OK);
}

static void sleep_for_ever(void)
{
	for (;;)
		slp_tsk();
}

/* (A) */
static UW control_seen;

static void look_and_spoil(void)
{
	control_seen = fpu_control();
	/* With something left on the x87 stack this would not come out. */
	changed = fpu_hold(1, 1, &rival_runs);
	fpu_set_control(ROUND_UP);
	fpu_spoil();
	fpu_set_control(ROUND_UP);
	must(wup_tsk(MAIN), E_OK);
}

static void starts(void)
{
	run(look_and_spoil, sleep_for_ever, false);
	check(control_seen, DEFAULT_CONTROL, "[FPU-2] a task starts with the processor's control words");
	check(changed, 0, "[FPU-2] and an empty x87 stack");
	run(look_and_spoil, sleep_for_ever, false);
	check(control_seen, DEFAULT_CONTROL, "[FPU-2] also after it has ended with others");
	check(changed, 0, "[FPU-2] and with a full stack");
}

/* (B) */
static bool time_passes;		/* not so in simulated time, while HOLDER counts */

static const volatile INT *intruder;	/* counts the runs of what is to come in between */

static void hold_registers(void)
{
	UD begin;
	INT i;

	for (i = 0; i < ROUNDS; i++) {
		begin = vget_cyc();
		holding = true;
		changed += fpu_hold(100 + (UW)i, LOOPS, intruder);
		holding = false;
		time_passes = vget_cyc() != begin;
		must(dly_tsk(MSEC(1)), E_OK);
	}
	must(wup_tsk(MAIN), E_OK);
}

static void hold_others(void)
{
	for (;;) {
		slp_tsk();
		rival_runs++;
		met += holding;
		rival_changed += fpu_hold((UW)rival_runs, 1000, &rival_runs);
	}
}

static void registers(void)
{
	changed = rival_changed = 0;
	intruder = &rival_runs;
	run(hold_registers, hold_others, true);
	check(changed, 0, "[FPU-1] no register of the lower task changes");
	check(rival_changed, 0, "[FPU-1] nor of the higher one");
	check_that(rival_runs > ROUNDS / 2 && plain_runs > ROUNDS / 2, "[FPU-1] the higher ones have run");
	if (!time_passes)
		check_skip("[FPU-1] they have preempted the lower one while it held its registers", "counting takes no time here");
	else
		check_that(met > ROUNDS / 4, "[FPU-1] they have preempted the lower one while it held its registers");
}

/* (C) */
static INT wrong_control;

static void keep_rounding_down(void)
{
	INT i;

	fpu_set_control(ROUND_DOWN);
	for (i = 0; i < ROUNDS; i++) {
		must(dly_tsk(MSEC(1)), E_OK);
		wrong_control += fpu_control() != ROUND_DOWN;
		vspn_tim(1500000);
		wrong_control += fpu_control() != ROUND_DOWN;
	}
	must(wup_tsk(MAIN), E_OK);
}

static void keep_rounding_up(void)
{
	fpu_set_control(ROUND_UP);
	for (;;) {
		slp_tsk();
		wrong_control += fpu_control() != ROUND_UP;
		rival_runs++;
	}
}

static void control_words(void)
{
	rival_runs = 0;
	run(keep_rounding_down, keep_rounding_up, true);
	check(wrong_control, 0, "[FPU-1] two tasks keep different control words");
	check_that(rival_runs > ROUNDS, "[FPU-1] and have both run");
}

/* (D) */
#define STEPS	200

static UD alone, disturbed;
static UW rounding;

static void no_pause(void)
{
}

static void pause_20_us(void)
{
	vspn_tim(20000);
}

static void pause_and_sleep(void)
{
	vspn_tim(20000);
	must(dly_tsk(0), E_OK);
}

static void compute(void)
{
	fpu_set_control(rounding);
	alone = fpu_compute(3, STEPS, no_pause);
	disturbed = fpu_compute(3, STEPS, pause_20_us);
	must(dly_tsk(MSEC(1)), E_OK);
	must(fpu_compute(3, 10, no_pause) == fpu_compute(3, 10, pause_and_sleep), true);
	must(wup_tsk(MAIN), E_OK);
}

static void compute_otherwise(void)
{
	fpu_set_control(ROUND_UP);
	for (;;) {
		slp_tsk();
		fpu_compute((UW)++rival_runs, 10, no_pause);
	}
}

static void computation(void)
{
	UD down;

	rival_runs = 0;
	rounding = ROUND_DOWN;
	run(compute, compute_otherwise, true);
	check_that(alone == disturbed, "[FPU-1] a computation, rounding down, gives the same when it is disturbed");
	down = alone;
	rounding = DEFAULT_CONTROL;
	run(compute, compute_otherwise, true);
	check_that(alone == disturbed, "[FPU-1] rounding to the nearest too");
	check_that(alone != down, "[FPU-1] with another result, so that roundings matter");
	check_that(rival_runs > 4, "[FPU-1] another computation has run in between");
}

/* (E) */
static void hold_with_routine(void)
{
	must(ena_tex(), E_OK);
	hold_registers();
	must(dis_tex(), E_OK);
}

static void routine(void)
{
	changed = 0;
	intruder = &routine_runs;
	raise = true;
	run(hold_with_routine, sleep_for_ever, true);
	raise = false;
	check(changed, 0, "[FPU-1] no register changes if the task's own exception routine uses them");
	check_that(routine_runs > ROUNDS / 2, "[FPU-1] which has run");
}

void main_task(VP_INT exinf)
{
	starts();
	registers();
	control_words();
	computation();
	routine();
	tap_end();
}
