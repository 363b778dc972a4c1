/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: interrupt handlers and service routines, raising interrupts, and
 * initialisation routines. How a call of each kind answers in the latter is
 * part of the program on contexts.
 *
 * Items:
 * (A) [INT-4] initialisation routines: order, exinf, before all else
 * (B) [INT-1] [INT-2] [INT-3] DEF_INH and ATT_ISR
 * (C) [INT-6] vras_int with wrong numbers
 * (D) [INT-7] [SCH-6] [SYS-12] vras_int from a task, CPU locked, dispatching disabled
 * (E) [INT-7] vras_int from an interrupt handler, and from a time event over idle and over a task
 * (F) [INT-7] an interrupt raised again and again, and twice before it is taken
 *
 * Resources: MAIN (10) leads; EARLY (1) starts first; HIGH (5) takes SEM;
 * interrupts 1 and 7 with handlers, 5 with three routines, 6 and 8 with one.
 */
#include "interrupt.h"
#include "kernel_id.h"

static UD record;			/* digits in the order of what ran */
static VP_INT exinf_seen;
static void (*in_handler_1)(void);
static INT count;

static void note(UD digit)
{
	record = record * 10 + digit;
}

/* (A) */
static UD initial_record;
static bool initial_context = true;
static UD record_before_tasks;

void initial(VP_INT exinf)
{
	initial_record = initial_record * 10 + (UD)exinf;
	initial_context = initial_context && sns_ctx() && sns_loc() && sns_dpn() && !sns_dsp();
}

void early_task(VP_INT exinf)
{
	record_before_tasks = initial_record;
}

static void initialisation(void)
{
	check(record_before_tasks, 123, "[INT-4] the routines of ATT_INI run before any task, in the order of the configuration");
	check(initial_record, 123, "[INT-4] once, with exinf");
	check_that(initial_context, "[INT-4] the sns_... calls work there: no task context, CPU locked");
}

/* (B) */
void handler_1(void)
{
	in_handler_1();
}

void handler_7(void)
{
	note(7);
}

void routine(VP_INT exinf)
{
	exinf_seen = exinf;
	if (exinf < 10)
		note((UD)exinf);
}

static void note_8(void)
{
	check_that(sns_ctx() && !sns_loc(), "[INT-1] it runs in the handler context with the CPU unlocked");
	note(8);
}

static UD raised(INTNO intno)
{
	record = 0;
	must(vras_int(intno), E_OK);
	return record;
}

static void routines(void)
{
	in_handler_1 = note_8;
	check(raised(1), 8, "[INT-1] an interrupt with DEF_INH runs its handler");
	check(raised(7), 7, "[INT-1] and no other");
	check(raised(6), 5, "[INT-1] an interrupt with one ATT_ISR runs its routine and no other");
	check(raised(5), 312, "[INT-2] an interrupt with three runs them in the order of the configuration");
	raised(8);
	check(exinf_seen, EXINF, "[INT-3] a routine gets exinf");
	check(raised(20), 0, "[INT-1] an interrupt without handler runs none");
}

/* (C) */
static void wrong_numbers(void)
{
	record = 0;
	check(vras_int(0), E_PAR, "[INT-6] vras_int(0)");
	check(vras_int(TMAX_INTNO + 1), E_PAR, "[INT-6] vras_int(TMAX_INTNO + 1)");
	check(vras_int(UINT32_MAX), E_PAR, "[INT-6] vras_int on the largest number");
	check(vras_int(TMAX_INTNO - 1), E_OK, "[INT-6] vras_int(TMAX_INTNO - 1)");
	check(record, 0, "[INT-6] no handler has run");
}

/* (D) */
static void raise_high(void)
{
	check_point(1);
	must(isig_sem(SEM), E_OK);
	check_point(2);
}

void high_task(VP_INT exinf)
{
	must(wai_sem(SEM), E_OK);
	check_point(3);
}

static void from_task(void)
{
	in_handler_1 = raise_high;
	must(act_tsk(HIGH), E_OK);
	must(vras_int(1), E_OK);
	check_point(4);
	check_sequence(4, "[INT-7] [SCH-6] from a task: handler, then the task it readied, then vras_int returns");

	must(act_tsk(HIGH), E_OK);
	must(loc_cpu(), E_OK);
	check(vras_int(1), E_OK, "[INT-7] vras_int with the CPU locked");
	check_sequence(0, "[INT-7] runs no handler");
	must(unl_cpu(), E_OK);
	check_point(4);
	check_sequence(4, "[INT-7] it has run, and the task it readied, when unl_cpu returns");

	must(act_tsk(HIGH), E_OK);
	must(dis_dsp(), E_OK);
	must(vras_int(1), E_OK);
	check_sequence(2, "[INT-7] with dispatching disabled the handler runs at once");
	check_point(1);
	check_point(2);
	must(ena_dsp(), E_OK);
	check_point(4);
	check_sequence(4, "[INT-7] [SYS-12] the task it readied when dispatching is enabled");
}

/* (E) */
static void raise_others(void)
{
	note(1);
	must(vras_int(5), E_OK);
	must(vras_int(7), E_OK);
	note(9);
}

static void raise_while_locked(void)
{
	must(iloc_cpu(), E_OK);
	must(vras_int(7), E_OK);
	must(iunl_cpu(), E_OK);
	note(9);
}

static void raise_self(void)
{
	note(1);
	if (++count < 4)
		must(vras_int(1), E_OK);
	note(2);
}

void alarm_handler(VP_INT exinf)
{
	note(1);
	must(vras_int(7), E_OK);
	note(2);
}

static void from_handler(void)
{
	in_handler_1 = raise_others;
	check(raised(1), 193127, "[INT-7] from a handler: when that has ended, before the task goes on");
	in_handler_1 = raise_while_locked;
	check(raised(1), 97, "[INT-7] iunl_cpu runs no handler inside a handler");
	in_handler_1 = raise_self;
	count = 0;
	check(raised(1), 12121212, "[INT-7] a handler that raises its own interrupt runs anew after its end");
	record = 0;
	must(sta_alm(ALARM, MSEC(1)), E_OK);
	must(dly_tsk(MSEC(4)), E_OK);
	check(record, 127, "[INT-7] from a time event, with no task running: after it");
	record = 0;
	must(sta_alm(ALARM, MSEC(1)), E_OK);
	vspn_tim(3000000);
	check(record, 127, "[INT-7] from a time event that interrupts a task: after it");
}

/* (F) */
static void count_up(void)
{
	count++;
}

static void many(void)
{
	INT i;

	in_handler_1 = count_up;
	count = 0;
	for (i = 0; i < 1000; i++)
		must(vras_int(1), E_OK);
	check(count, 1000, "[INT-7] each of 1000 calls runs the handler once");
	count = 0;
	must(loc_cpu(), E_OK);
	must(vras_int(1), E_OK);
	must(vras_int(1), E_OK);
	must(unl_cpu(), E_OK);
	check(count, 1, "[INT-7] raised twice before it can be taken an interrupt is taken once");
}

void main_task(VP_INT exinf)
{
	initialisation();
	routines();
	wrong_numbers();
	from_task();
	from_handler();
	many();
	tap_end();
}
