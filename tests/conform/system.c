/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: rotation of the ready queue, CPU lock, dispatch disable, and what
 * can be asked about the context.
 *
 * Items:
 * (A) [SYS-1] [SYS-2] [SYS-3] rot_rdq
 * (B) [SYS-1] [SYS-2] [SYS-4] irot_rdq
 * (C) [SYS-5] [SYS-6] [CTX-7] get_tid, iget_tid
 * (D) [SYS-7] [SYS-8] [SYS-9] [SYS-14] [SCH-5] loc_cpu, unl_cpu, iloc_cpu, iunl_cpu
 * (E) [SYS-10] [SYS-11] [SYS-12] [SYS-15] [SCH-5] dis_dsp, ena_dsp
 * (F) [SYS-13] [SYS-14] [SYS-15] [SYS-16] [CTX-10] sns_ctx, sns_loc, sns_dsp, sns_dpn
 * (G) [SYS-9] [SYS-12] [CTX-1] CPU lock and dispatch disable are independent
 *
 * Resources: MAIN (10) leads; HIGH (5), EQUAL (10), LOW1..3 (20) run what
 * work[] says; CEILING is a mutex of 7; interrupt 1 and ALARM.
 */
#include "system.h"
#include "kernel_id.h"

static void (*work[5])(void);
static void (*interrupt_function)(void);
static ID interrupted;
static INT count;

void work_task(VP_INT exinf)
{
	work[exinf]();
}

void interrupt(void)
{
	interrupt_function();
}

void alarm_handler(VP_INT exinf)
{
	must(iget_tid(&interrupted), E_OK);
	count++;
}

static void pass_1(void)	{ check_point(1); }
static void pass_2(void)	{ check_point(2); }
static void pass_3(void)	{ check_point(3); }
static void pass_4(void)	{ check_point(4); }

static void low_tasks(void (*first)(void), void (*second)(void), void (*third)(void))
{
	work[2] = first;
	work[3] = second;
	work[4] = third;
	must(act_tsk(LOW1), E_OK);
	must(act_tsk(LOW2), E_OK);
	must(act_tsk(LOW3), E_OK);
}

static void let_run(void)
{
	must(dly_tsk(MSEC(1)), E_OK);
}

/* (A) */
static void rotate_own(void)
{
	check_point(1);
	check(rot_rdq(TPRI_SELF), E_OK, "[SYS-2] rot_rdq(TPRI_SELF)");
	check_point(3);
}

static void rotate_above(void)
{
	must(loc_mtx(CEILING), E_OK);
	must(rot_rdq(TPRI_SELF), E_OK);
	check_point(1);
	must(unl_mtx(CEILING), E_OK);
	check_point(2);
}

static void rotation(void)
{
	check(rot_rdq(-1), E_PAR, "[SYS-1] rot_rdq(-1)");
	check(rot_rdq(TMAX_TPRI + 1), E_PAR, "[SYS-1] rot_rdq(TMAX_TPRI + 1)");
	check(rot_rdq(INT32_MIN), E_PAR, "[SYS-1] rot_rdq on the smallest integer");
	check(rot_rdq(25), E_OK, "[SYS-2] rot_rdq on a priority without ready tasks");
	check(rot_rdq(TPRI_SELF), E_OK, "[SYS-2] rot_rdq(TPRI_SELF) by a task without equals");
	check(rot_rdq(TMAX_TPRI), E_OK, "[SYS-1] rot_rdq(TMAX_TPRI)");
	check(rot_rdq(TMIN_TPRI), E_OK, "[SYS-1] rot_rdq(TMIN_TPRI)");

	low_tasks(pass_3, pass_1, pass_2);
	check(rot_rdq(20), E_OK, "[SYS-2] rot_rdq on the priority of three ready tasks");
	let_run();
	check_sequence(3, "[SYS-2] puts the first behind the others");
	low_tasks(pass_2, pass_3, pass_1);
	must(rot_rdq(20), E_OK);
	must(rot_rdq(20), E_OK);
	let_run();
	check_sequence(3, "[SYS-2] twice");

	work[2] = rotate_own;
	work[3] = pass_2;
	must(act_tsk(LOW1), E_OK);
	must(act_tsk(LOW2), E_OK);
	let_run();
	check_sequence(3, "[SYS-2] the caller too goes behind its equals");
	work[1] = pass_1;
	must(act_tsk(EQUAL), E_OK);
	check(rot_rdq(10), E_OK, "[SYS-2] rot_rdq on the caller's priority as a number");
	check_point(2);
	check_sequence(2, "[SYS-2] lets its equals run");

	/* LOW1 stands at 7 while it rotates 20, and comes back before its equals. */
	low_tasks(rotate_above, pass_4, pass_3);
	let_run();
	check_sequence(4, "[SYS-3] TPRI_SELF is the base priority, not the current one");
}

/* (B) */
static void rotate_in_handler(void)
{
	check(irot_rdq(TPRI_SELF), E_PAR, "[SYS-4] irot_rdq(TPRI_SELF)");
	check(irot_rdq(-1), E_PAR, "[SYS-1] irot_rdq(-1)");
	check(irot_rdq(TMAX_TPRI + 1), E_PAR, "[SYS-1] irot_rdq(TMAX_TPRI + 1)");
	check(irot_rdq(25), E_OK, "[SYS-2] irot_rdq on a priority without ready tasks");
	check(irot_rdq(20), E_OK, "[SYS-2] irot_rdq on the priority of three ready tasks");
}

static void rotate_running(void)
{
	must(irot_rdq(10), E_OK);
	check_point(1);
}

static void rotation_in_handler(void)
{
	low_tasks(pass_3, pass_1, pass_2);
	tap_in_handler(rotate_in_handler);
	let_run();
	check_sequence(3, "[SYS-2] irot_rdq puts the first behind the others");
	work[1] = pass_2;
	must(act_tsk(EQUAL), E_OK);
	interrupt_function = rotate_running;
	must(vras_int(1), E_OK);
	check_point(3);
	check_sequence(3, "[SYS-2] irot_rdq on the interrupted task's priority lets its equals run");
}

/* (C) */
static void own_number(void)
{
	ID tskid = -1;

	check(get_tid(&tskid), E_OK, "[SYS-5] get_tid in another task");
	check(tskid, HIGH, "[SYS-5] gives the caller's number");
}

static void number_in_handler(void)
{
	ID tskid = -1;

	check(iget_tid(&tskid), E_OK, "[SYS-6] iget_tid");
	check(tskid, MAIN, "[SYS-6] gives the interrupted task's number");
	must(iact_tsk(HIGH), E_OK);
	tskid = -1;
	must(iget_tid(&tskid), E_OK);
	check(tskid, MAIN, "[SYS-6] also after a higher task was made ready");
	check(iget_tid(NULL), E_PAR, "[CTX-7] iget_tid with NULL");
}

static void numbers(void)
{
	ID tskid = -1;

	check(get_tid(&tskid), E_OK, "[SYS-5] get_tid");
	check(tskid, MAIN, "[SYS-5] gives the caller's number");
	check(get_tid(NULL), E_PAR, "[CTX-7] get_tid with NULL");
	work[0] = own_number;
	must(act_tsk(HIGH), E_OK);
	tap_in_handler(number_in_handler);
	interrupted = -1;
	must(sta_alm(ALARM, MSEC(1)), E_OK);
	must(dly_tsk(MSEC(4)), E_OK);
	check(interrupted, TSK_NONE, "[SYS-6] iget_tid gives TSK_NONE if no task was running");
}

/* (D) */
static void count_interrupt(void)
{
	count++;
}

static void lock_in_handler(void)
{
	check(iunl_cpu(), E_OK, "[SYS-8] iunl_cpu on an unlocked CPU");
	check(iloc_cpu(), E_OK, "[SYS-7] iloc_cpu");
	check_that(sns_loc(), "[SYS-14] sns_loc after iloc_cpu");
	check(iact_tsk(HIGH), E_CTX, "[SYS-7] calls for handlers give E_CTX then");
	check(iloc_cpu(), E_OK, "[SYS-8] iloc_cpu twice");
	check(iunl_cpu(), E_OK, "[SYS-8] iunl_cpu once");
	check_that(!sns_loc(), "[SYS-8] unlocks");
	check(iact_tsk(HIGH), E_OK, "[SYS-9] calls for handlers work again");
}

static void raise_high(void)
{
	count++;
	must(iact_tsk(HIGH), E_OK);
}

static void locking(void)
{
	count = 0;
	interrupt_function = count_interrupt;
	must(sta_alm(ALARM, MSEC(1)), E_OK);
	check(loc_cpu(), E_OK, "[SYS-7] loc_cpu");
	check_that(sns_loc(), "[SYS-14] sns_loc");
	must(vras_int(1), E_OK);
	vspn_tim(5000000);
	check(count, 0, "[SYS-7] neither an interrupt handler nor a time event runs");
	check(loc_cpu(), E_OK, "[SYS-8] loc_cpu twice");
	check(unl_cpu(), E_OK, "[SYS-8] unl_cpu once");
	check_that(!sns_loc(), "[SYS-8] unlocks");
	check(count, 2, "[SYS-9] what came meanwhile has run when unl_cpu returns");
	check(unl_cpu(), E_OK, "[SYS-8] unl_cpu on an unlocked CPU");
	check_that(!sns_loc(), "[SYS-14] sns_loc after it");

	work[0] = pass_2;
	count = 0;
	interrupt_function = raise_high;
	must(loc_cpu(), E_OK);
	must(vras_int(1), E_OK);
	check_point(1);
	must(unl_cpu(), E_OK);
	check_point(3);
	check_sequence(3, "[SYS-9] [SCH-5] a higher task that an interrupt meanwhile starts runs before unl_cpu returns");

	work[0] = pass_2;
	check_point(1);
	tap_in_handler(lock_in_handler);
	check_point(3);
	check_sequence(3, "[SYS-9] and what they did takes effect when the handler has ended");
}

/* (E) */
static void disabling(void)
{
	count = 0;
	interrupt_function = raise_high;
	work[0] = pass_3;
	check(dis_dsp(), E_OK, "[SYS-10] dis_dsp");
	check_that(sns_dsp(), "[SYS-15] sns_dsp");
	check(dis_dsp(), E_OK, "[SYS-11] dis_dsp twice");
	must(vras_int(1), E_OK);
	check(count, 1, "[SYS-10] handlers still run");
	must(sta_alm(ALARM, MSEC(1)), E_OK);
	vspn_tim(5000000);
	check(count, 2, "[SYS-10] time events too");
	check(interrupted, MAIN, "[SYS-6] which interrupt the task");
	check_point(1);
	must(act_tsk(EQUAL), E_OK);
	must(rot_rdq(TPRI_SELF), E_OK);
	check_point(2);
	work[1] = pass_4;
	check(ena_dsp(), E_OK, "[SYS-11] ena_dsp once");
	check_point(5);
	check_sequence(5, "[SYS-12] [SCH-5] the dispatches that were due take place before ena_dsp returns");
	check_that(!sns_dsp(), "[SYS-15] sns_dsp after it");
	check(ena_dsp(), E_OK, "[SYS-11] ena_dsp while dispatching is enabled");

	work[0] = pass_2;
	must(dis_dsp(), E_OK);
	must(act_tsk(HIGH), E_OK);
	must(ter_tsk(HIGH), E_OK);
	check_point(1);
	must(ena_dsp(), E_OK);
	check_point(2);
	check_sequence(2, "[SYS-12] a task that was ended before ena_dsp does not run");
}

/* (F) */
static BOOL sensed[4];

static void sense(void)
{
	sensed[0] = sns_ctx();
	sensed[1] = sns_loc();
	sensed[2] = sns_dsp();
	sensed[3] = sns_dpn();
}

/* ctx, loc, dsp, dpn as digits */
static INT senses(void)
{
	return !!sensed[0] * 1000 + !!sensed[1] * 100 + !!sensed[2] * 10 + !!sensed[3];
}

static void sense_locked(void)
{
	must(iloc_cpu(), E_OK);
	sense();
	must(iunl_cpu(), E_OK);
}

static void sensing(void)
{
	sense();
	check(senses(), 0, "[SYS-13] [SYS-14] [SYS-15] [SYS-16] in a task all are FALSE");
	must(dis_dsp(), E_OK);
	sense();
	check(senses(), 11, "[SYS-15] [SYS-16] dispatching disabled: sns_dsp and sns_dpn");
	tap_in_handler(sense);
	check(senses(), 1011, "[SYS-15] in a handler sns_dsp tells of the interrupted task");
	must(loc_cpu(), E_OK);
	sense();
	check(senses(), 111, "[CTX-10] [SYS-16] and the CPU locked: sns_loc too");
	must(unl_cpu(), E_OK);
	must(ena_dsp(), E_OK);
	must(loc_cpu(), E_OK);
	sense();
	check(senses(), 101, "[CTX-10] [SYS-14] [SYS-16] CPU locked: sns_loc and sns_dpn");
	must(unl_cpu(), E_OK);
	tap_in_handler(sense);
	check(senses(), 1001, "[SYS-13] [SYS-15] [SYS-16] in a handler: sns_ctx and sns_dpn");
	tap_in_handler(sense_locked);
	check(senses(), 1101, "[CTX-10] [SYS-14] in a handler that has locked the CPU: sns_loc too");
}

/* (G) */
static void independence(void)
{
	must(dis_dsp(), E_OK);
	must(loc_cpu(), E_OK);
	check(ena_dsp(), E_CTX, "[CTX-1] ena_dsp with the CPU locked");
	check(dis_dsp(), E_CTX, "[CTX-1] dis_dsp with the CPU locked");
	must(unl_cpu(), E_OK);
	check_that(sns_dsp(), "[SYS-9] unl_cpu does not enable dispatching");
	work[0] = pass_2;
	must(act_tsk(HIGH), E_OK);
	must(loc_cpu(), E_OK);
	must(unl_cpu(), E_OK);
	check_point(1);
	must(ena_dsp(), E_OK);
	check_sequence(2, "[SYS-12] nor dispatch");
}

void main_task(VP_INT exinf)
{
	rotation();
	rotation_in_handler();
	numbers();
	locking();
	disabling();
	sensing();
	independence();
	tap_end();
}
