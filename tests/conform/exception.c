/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: CPU exceptions in tasks, and what their handlers make of the task.
 * What stops the real-time side is the matter of the programs stop_*.
 *
 * Items:
 * (A) [EXC-1] divide error, invalid opcode, breakpoint, general protection, page fault, stack overflow:
 *     the handler of the number, in the handler context, with a T_EXCINF
 * (B) [EXC-3] [TSK-3] [TSK-8] [TSK-9] the end of the task, a queued start, mutexes
 * (C) [EXC-4] a task that had disabled dispatching
 * (D) [EXC-5] [EXC-7] the instruction is repeated, or the task goes on elsewhere
 * (E) [EXC-1] [EXC-3] [SCH-6] the handler makes other tasks ready
 * (F) [EXC-1] [EXC-3] [EXC-5] a time budget that is used up
 * (G) [EXC-3] many exceptions, one after the other
 *
 * Resources: MAIN (10) leads; VICTIM (8) runs fault(); HIGH (5); MUTEX. The
 * runner gives tasks a budget of 20 ms.
 */
#include "exception.h"
#include "kernel_id.h"

#define WILD_ADDRESS	0x1230UL		/* never mapped */
#define NON_CANONICAL	0x5555aaaa00001230UL
#define BUDGET_MS	20

static void (*fault)(void);
static void (*also)(T_EXCINF *info);		/* for the handler to do */
static T_EXCINF seen;
static EXCNO handler_of;			/* the number of the handler that ran */
static INT handlers, runs, ends;
static bool handler_context;
static uint64_t victim_sp;
static volatile int divisor;

/* Where the faulting instructions are */
extern const char opcode_fault[], page_fault[], write_fault[];

static void handle(EXCNO excno, T_EXCINF *info)
{
	ID tskid = -1;

	handlers++;
	handler_of = excno;
	handler_context = sns_ctx() && !sns_loc() && iget_tid(&tskid) == E_OK && tskid == info->tskid;
	seen = *info;
	if (also)
		also(info);
}

void divide_handler(VP p_excinf)	{ handle(EXCNO_DE, p_excinf); }
void breakpoint_handler(VP p_excinf)	{ handle(EXCNO_BP, p_excinf); }
void opcode_handler(VP p_excinf)	{ handle(EXCNO_UD, p_excinf); }
void protection_handler(VP p_excinf)	{ handle(EXCNO_GP, p_excinf); }
void page_handler(VP p_excinf)		{ handle(EXCNO_PF, p_excinf); }
void stack_handler(VP p_excinf)		{ handle(EXCNO_SS, p_excinf); }
void double_handler(VP p_excinf)	{ handle(EXCNO_DF, p_excinf); }
void budget_handler(VP p_excinf)	{ handle(EXCNO_BUDGET, p_excinf); }

void victim_task(VP_INT exinf)
{
	victim_sp = (uint64_t)__builtin_frame_address(0);
	runs++;
	fault();
	ends++;
}

void high_task(VP_INT exinf)
{
	check_point(3);
	slp_tsk();
}

static bool dormant(ID tskid)
{
	PRI pri;

	return get_pri(tskid, &pri) == E_OBJ;
}

/* Let VICTIM run function once. */
static void start(void (*function)(void), void (*handler)(T_EXCINF *info))
{
	fault = function;
	also = handler;
	handlers = 0;
	runs = 0;
	ends = 0;
	seen = (T_EXCINF){ .excno = ~0U };
	must(act_tsk(VICTIM), E_OK);
}

/* 32-bit: the dividend is in edx:eax. */
static void divide_by_zero(void)
{
	int quotient = 1, rest = 0;

	divisor = 0;
	__asm__ volatile("idivl %2" : "+a"(quotient), "+d"(rest) : "m"(divisor));
}

static __attribute__((noinline, noclone)) void invalid_opcode(void)
{
	__asm__ volatile(".globl opcode_fault\nopcode_fault: ud2");
}

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void non_canonical(void)
{
	uint64_t value;

	__asm__ volatile("movq (%1), %0" : "=r"(value) : "r"(NON_CANONICAL));
}

static __attribute__((noinline, noclone)) void wild_read(void)
{
	uint64_t value;

	__asm__ volatile(".globl page_fault\npage_fault: movq (%1), %0" : "=r"(value) : "r"(WILD_ADDRESS));
}

static __attribute__((noinline, noclone)) void wild_write(void)
{
	__asm__ volatile(".globl write_fault\nwrite_fault: movq %0, 8(%0)" : : "r"(WILD_ADDRESS) : "memory");
}

/* (A) */
#define exception(function, number, name) \
	do { \
		start(function, NULL); \
		check(handlers, 1, "[EXC-1] " name " runs one handler"); \
		check(handler_of, number, "[EXC-1] that of its number"); \
		check_that(handler_context, "[EXC-1] in the handler context, unlocked, with the task's number"); \
		check(seen.excno, number, "[EXC-1] T_EXCINF says the number"); \
		check(seen.tskid, VICTIM, "[EXC-1] the task"); \
		check(seen.action, VEXC_TERMINATE, "[EXC-3] VEXC_TERMINATE is preset"); \
		check_that(seen.sp <= victim_sp && seen.sp > victim_sp - TAP_STACK, "[EXC-1] and the stack pointer"); \
		check_that(runs == 1 && ends == 0 && dormant(VICTIM), "[EXC-3] and the task is ended"); \
	} while (0)

static __attribute__((noinline, noclone)) int recurse(volatile int *depth)
{
	volatile int here[64];

	here[0] = *depth;
	*depth = here[0] + 1;
	return recurse(depth) + here[0];
}

static void overflow_stack(void)
{
	volatile int depth = 0;

	recurse(&depth);
}

static void kinds(void)
{
	exception(divide_by_zero, EXCNO_DE, "a divide error");
	exception(invalid_opcode, EXCNO_UD, "an invalid opcode");
	check((long long)seen.pc, (long long)(uintptr_t)opcode_fault, "[EXC-1] the address of the instruction");
	exception(breakpoint, EXCNO_BP, "a breakpoint");
	exception(non_canonical, EXCNO_GP, "a non-canonical address");
	exception(wild_read, EXCNO_PF, "a wild read");
	check((long long)seen.pc, (long long)(uintptr_t)page_fault, "[EXC-1] the address of the instruction");
	check((long long)seen.addr, WILD_ADDRESS, "[EXC-1] the address that was read");
	check(seen.code & 3, 0, "[EXC-1] the code says: read, no page there");
	exception(wild_write, EXCNO_PF, "a wild write");
	check((long long)seen.pc, (long long)(uintptr_t)write_fault, "[EXC-1] the address of the instruction");
	check((long long)seen.addr, WILD_ADDRESS + 8, "[EXC-1] the address that was written");
	check(seen.code & 3, 2, "[EXC-1] the code says: write, no page there");

	start(overflow_stack, NULL);
	check(handlers, 1, "[EXC-1] a stack overflow runs one handler");
	check_that(handler_of == EXCNO_PF || handler_of == EXCNO_DF || handler_of == EXCNO_SS,
		   "[EXC-1] that of one of the three numbers that fit");
	check(seen.tskid, VICTIM, "[EXC-1] T_EXCINF says the task");
	check_that(runs == 1 && ends == 0 && dormant(VICTIM), "[EXC-3] and the task is ended");
	start(overflow_stack, NULL);
	check(handlers, 1, "[EXC-3] and can be started, and overflow, again");
}

/* (B) */
static void fault_the_first_time(void)
{
	if (runs > 1) {
		check_that(!sns_dsp() && !sns_loc() && sns_tex(), "[EXC-3] [TSK-3] as at first");
		return;
	}
	must(act_tsk(TSK_SELF), E_OK);
	must(loc_mtx(MUTEX), E_OK);
	must(chg_pri(TSK_SELF, 7), E_OK);
	invalid_opcode();
}

static void mutex_is_free(void)
{
	check(ploc_mtx(MUTEX), E_OK, "[TSK-9] the task that was ended has let go of its mutex");
	must(unl_mtx(MUTEX), E_OK);
}

static void restart(void)
{
	start(fault_the_first_time, NULL);
	check(handlers, 1, "[EXC-3] one exception");
	check(runs, 2, "[EXC-3] [TSK-8] a queued start starts the task anew");
	check(ends, 1, "[EXC-3] which then ends as usual");
	mutex_is_free();
	check_that(dormant(VICTIM), "[EXC-3] and is dormant");
}

/* (C) */
static void fault_undispatchable(void)
{
	check_point(1);
	must(dis_dsp(), E_OK);
	must(act_tsk(HIGH), E_OK);
	check_point(2);
	invalid_opcode();
	check_point(99);
}

static void undispatchable(void)
{
	start(fault_undispatchable, NULL);
	check_point(4);
	check_sequence(4, "[EXC-4] a task that had disabled dispatching: the next one runs");
	check_that(!sns_dsp(), "[EXC-4] with dispatching enabled");
	must(ter_tsk(HIGH), E_OK);
}

/* (D) */
static void mend_divisor(T_EXCINF *info)
{
	divisor = 3;
	info->action = VEXC_RETRY;
}

static INT quotient_seen, rest_seen;

static void divide_mended(void)
{
	int quotient = 20, rest = 0;

	divisor = 0;
	__asm__ volatile("idivl %2" : "+a"(quotient), "+d"(rest) : "m"(divisor));
	quotient_seen = quotient;
	rest_seen = rest;
}

static void divide_mended_undispatchable(void)
{
	must(dis_dsp(), E_OK);
	divide_mended();
	check_that(sns_dsp(), "[EXC-5] dispatching stays as it was");
	must(ena_dsp(), E_OK);
}

static void retry(void)
{
	start(divide_mended, mend_divisor);
	check(handlers, 1, "[EXC-5] VEXC_RETRY after mending the cause: one exception");
	check(quotient_seen * 10 + rest_seen, 62, "[EXC-5] the instruction is repeated, with all registers as they were");
	check(ends, 1, "[EXC-5] and the task goes on");
	start(divide_mended_undispatchable, mend_divisor);
	check(ends, 1, "[EXC-5] with dispatching disabled too");
}

/* The divisor stays 0: the handler skips the instruction. */
extern char skipped_division[];

static void skip_division(T_EXCINF *info)
{
	info->pc = (uint64_t)(uintptr_t)skipped_division;
	info->action = VEXC_CONTINUE;
}

static void divide_skipped(void)
{
	int quotient = 20, rest = 1;

	divisor = 0;
	__asm__ volatile("idivl %2\nskipped_division:" : "+a"(quotient), "+d"(rest) : "m"(divisor));
	quotient_seen = quotient;
	rest_seen = rest;
}

static void elsewhere(void)
{
	start(divide_skipped, skip_division);
	check(handlers, 1, "[EXC-7] VEXC_CONTINUE after moving pc: one exception");
	check(quotient_seen * 10 + rest_seen, 201, "[EXC-7] the task goes on there, with all registers as they were");
	check(ends, 1, "[EXC-7] to its end");
}

/* (E) */
static void start_high(T_EXCINF *info)
{
	check_point(1);
	must(iact_tsk(HIGH), E_OK);
	check_point(2);
}

static void start_high_and_mend(T_EXCINF *info)
{
	start_high(info);
	mend_divisor(info);
}

static void divide_and_pass(void)
{
	divide_mended();
	check_point(4);
}

static void start_victim(T_EXCINF *info)
{
	if (handlers == 1)
		must(iact_tsk(VICTIM), E_OK);
}

static void others(void)
{
	start(wild_read, start_high);
	check_point(4);
	check_sequence(4, "[SCH-6] a higher task that the handler starts runs when the victim is ended");
	must(ter_tsk(HIGH), E_OK);
	start(divide_and_pass, start_high_and_mend);
	check_point(5);
	check_sequence(5, "[SCH-6] and before the victim goes on, if it does");
	must(ter_tsk(HIGH), E_OK);
	start(invalid_opcode, start_victim);
	check(handlers * 100 + runs * 10 + ends, 220, "[EXC-3] the handler may queue a start of the task itself");
	check_that(dormant(VICTIM), "[EXC-3] which is then used up");
}

/* (F) */
static void run_away(void)
{
	vspn_tim(5ULL * BUDGET_MS * 1000000);
}

static void twice_the_budget(void)
{
	/* Two overruns are granted, the third is not: see grant. */
	vspn_tim(5ULL * BUDGET_MS * 1000000);
}

static void grant(T_EXCINF *info)
{
	if (handlers < 3)
		info->action = VEXC_RETRY;
}

static void within_the_budget(void)
{
	vspn_tim(1000000ULL * BUDGET_MS / 2);
}

static void budget(void)
{
	must(dly_tsk(MSEC(5)), E_OK);
	start(within_the_budget, NULL);
	check(handlers, 0, "[EXC-1] a task within its budget goes undisturbed");
	check(ends, 1, "[EXC-1] and ends");
	must(dly_tsk(MSEC(5)), E_OK);
	start(run_away, NULL);
	check(handlers, 1, "[EXC-1] a task over its budget is an exception");
	check(handler_of, EXCNO_BUDGET, "[EXC-1] of the number EXCNO_BUDGET");
	check(seen.tskid, VICTIM, "[EXC-1] with the task's number");
	check_that(runs == 1 && ends == 0 && dormant(VICTIM), "[EXC-3] which ends it");
	must(dly_tsk(MSEC(5)), E_OK);
	start(twice_the_budget, grant);
	check(handlers, 3, "[EXC-5] VEXC_RETRY grants another budget");
	check_that(ends == 0 && dormant(VICTIM), "[EXC-3] until the handler ends the task");
	must(dly_tsk(MSEC(5)), E_OK);
}

/* (G) */
#define MANY	200

static void fault_many_times(void)
{
	if (runs < MANY)
		must(act_tsk(TSK_SELF), E_OK);
	if (runs & 1)
		wild_write();
	else
		invalid_opcode();
}

static void many(void)
{
	start(fault_many_times, NULL);
	check(handlers, MANY, "[EXC-3] a task that is ended and started anew many times");
	check_that(runs == MANY && ends == 0 && dormant(VICTIM), "[EXC-3] runs once a start");
}

void main_task(VP_INT exinf)
{
	kinds();
	restart();
	undispatchable();
	retry();
	elsewhere();
	others();
	many();
	budget();
	tap_end();
}
