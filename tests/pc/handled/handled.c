/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that the application handles: each kind many times, with the task
 * terminated, started anew by the handler, or continued, also when the handler
 * makes a more urgent task ready.
 */
#include "handled.h"
#include "../check.h"
#include "kernel_id.h"

#define TIMES		100
#define NON_CANONICAL	0x8000000000001000UL
#define CANARY		0x5a5aa5a5UL

enum how { TERMINATE, ACTIVATE, RETRY, RETRY_AND_WAKE };

static const struct kind {
	EXCNO	excno;
	UD	addr;
} kinds[] = {
	{ EXCNO_DE, 0 }, { EXCNO_UD, 0 }, { EXCNO_BP, 0 }, { EXCNO_GP, 0 }, { EXCNO_PF, 0x10 }, { EXCNO_PF, 0 }, { EXCNO_PF, 1 },
};

static UINT kind;			/* what the victim does next */
static enum how how;			/* and what becomes of it */
static volatile UINT seen, starts, survived, woken;

static void commit(void)
{
	volatile int one = 1, zero = 0;

	switch (kind) {
	case 0:
		zero = one / zero;
		break;
	case 1:
		__asm__ volatile("ud2");
		break;
	case 2:
		__asm__ volatile("int3");
		break;
	case 3:
		__asm__ volatile("movl (%0), %%eax" :: "r"(NON_CANONICAL) : "eax");
		break;
	case 4:
		__asm__ volatile("movl %%eax, 0x10" ::: "memory");
		break;
	case 5:
		__asm__ volatile("xorl %%eax, %%eax; call *%%rax" ::: "rax", "memory");
		break;
	default:
		/* The stack runs out: fault below the victim's stack, whose pointer is not usable either. */
		__asm__ volatile("1: pushq %rax; jmp 1b");
	}
}

void victim_task(VP_INT exinf)
{
	starts++;
	/* Each register that the fault could spoil holds something. */
	if (how == RETRY || how == RETRY_AND_WAKE) {
		UD sum;

		__asm__ volatile(
			"movq %1, %%rbx; movq %%rbx, %%r12; movq %%rbx, %%r13; movq %%rbx, %%r14; movq %%rbx, %%r15\n\t"
			"movq %%rbx, %%rcx; movq %%rbx, %%rdx; movq %%rbx, %%rsi; movq %%rbx, %%rdi\n\t"
			"movq %%rbx, %%r8; movq %%rbx, %%r9; movq %%rbx, %%r10; movq %%rbx, %%r11\n\t"
			"int3\n\t"
			"movq %%rbx, %%rax; addq %%rcx, %%rax; addq %%rdx, %%rax; addq %%rsi, %%rax; addq %%rdi, %%rax\n\t"
			"addq %%r8, %%rax; addq %%r9, %%rax; addq %%r10, %%rax; addq %%r11, %%rax\n\t"
			"addq %%r12, %%rax; addq %%r13, %%rax; addq %%r14, %%rax; addq %%r15, %%rax\n\t"
			: "=a"(sum) : "i"(CANARY)
			: "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
		CHECK(sum == 13 * CANARY);
		CHECK(!sns_loc() && !sns_ctx());
		survived++;
		return;
	}
	commit();
	CHECK(!"reached: the instruction after a fault");
}

void exception_handler(VP p_excinf)
{
	T_EXCINF *info = p_excinf;

	CHECK(sns_ctx());
	CHECK(info->tskid == VICTIM_TASK);
	CHECK(info->action == VEXC_TERMINATE);
	seen++;
	switch (how) {
	case RETRY_AND_WAKE:
		CHECK(isig_sem(WAKE_SEM) == E_OK);
		info->action = VEXC_RETRY;
		return;
	case RETRY:
		info->action = VEXC_RETRY;
		return;
	case ACTIVATE:
		if (starts % 2)
			CHECK(iact_tsk(VICTIM_TASK) == E_OK);
		break;
	case TERMINATE:
		break;
	}
	CHECK(info->excno == kinds[kind].excno);
	if (kinds[kind].addr != 1)
		CHECK(info->addr == kinds[kind].addr);
	else
		CHECK(info->addr < info->sp && info->addr + 16 >= info->sp);
}

void high_task(VP_INT exinf)
{
	for (;;) {
		CHECK(wai_sem(WAKE_SEM) == E_OK);
		/* While the victim stands behind its breakpoint. */
		CHECK(survived == woken);
		woken++;
	}
}

static void terminate_all_kinds(void)
{
	for (kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		for (UINT i = 0; i < TIMES; i++) {
			UINT before = seen;

			CHECK(act_tsk(VICTIM_TASK) == E_OK);
			CHECK(seen == before + 1);
			CHECK(ter_tsk(VICTIM_TASK) == E_OBJ);
		}
	}
}

void main_task(VP_INT exinf)
{
	how = TERMINATE;
	terminate_all_kinds();

	how = ACTIVATE;
	starts = 0;
	for (kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		UINT before = seen;

		CHECK(act_tsk(VICTIM_TASK) == E_OK);
		CHECK(seen == before + 2);
	}

	how = RETRY;
	for (UINT i = 0; i < TIMES; i++) {
		CHECK(act_tsk(VICTIM_TASK) == E_OK);
		CHECK(survived == i + 1);
	}

	how = RETRY_AND_WAKE;
	survived = 0;
	CHECK(act_tsk(HIGH_TASK) == E_OK);
	for (UINT i = 0; i < TIMES; i++) {
		CHECK(act_tsk(VICTIM_TASK) == E_OK);
		CHECK(survived == i + 1 && woken == i + 1);
	}
	vstp_sys(0);
}
