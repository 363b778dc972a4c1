/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing that happens to a task without its doing may change its registers:
 * interrupts, preemption, rotation, task exceptions, at every instruction of a
 * loop that holds a value in each of them.
 */
#include <stdbool.h>

#include "context.h"
#include "../check.h"
#include "kernel_id.h"

#define ROUNDS		2000
#define DURATION	300000		/* us */

static volatile UINT held[4], wakings, raised, exceptions;
static volatile bool in_raised;

void holding_task(VP_INT exinf)
{
	UD good;

	CHECK(ena_tex() == E_OK);
	for (;;) {
		__asm__ volatile(
			"movq %1, %%rbx; leaq 1(%%rbx), %%rcx; leaq 2(%%rbx), %%rdx; leaq 3(%%rbx), %%rsi; leaq 4(%%rbx), %%rdi\n\t"
			"leaq 5(%%rbx), %%r8; leaq 6(%%rbx), %%r9; leaq 7(%%rbx), %%r10; leaq 8(%%rbx), %%r11\n\t"
			"leaq 9(%%rbx), %%r12; leaq 10(%%rbx), %%r13; leaq 11(%%rbx), %%r14; leaq 12(%%rbx), %%r15\n\t"
			"movl %2, %%eax\n\t"
			"stc\n"
		"1:\n\t"
			"jnc 9f\n\t"
			"decl %%eax\n\t"			/* leaves the carry alone */
			"jnz 1b\n\t"
			"leaq 12(%%rbx), %%rax; cmpq %%rax, %%r15; jne 9f\n\t"
			"leaq 11(%%rbx), %%rax; cmpq %%rax, %%r14; jne 9f\n\t"
			"leaq 10(%%rbx), %%rax; cmpq %%rax, %%r13; jne 9f\n\t"
			"leaq 9(%%rbx), %%rax; cmpq %%rax, %%r12; jne 9f\n\t"
			"leaq 8(%%rbx), %%rax; cmpq %%rax, %%r11; jne 9f\n\t"
			"leaq 7(%%rbx), %%rax; cmpq %%rax, %%r10; jne 9f\n\t"
			"leaq 6(%%rbx), %%rax; cmpq %%rax, %%r9; jne 9f\n\t"
			"leaq 5(%%rbx), %%rax; cmpq %%rax, %%r8; jne 9f\n\t"
			"leaq 4(%%rbx), %%rax; cmpq %%rax, %%rdi; jne 9f\n\t"
			"leaq 3(%%rbx), %%rax; cmpq %%rax, %%rsi; jne 9f\n\t"
			"leaq 2(%%rbx), %%rax; cmpq %%rax, %%rdx; jne 9f\n\t"
			"leaq 1(%%rbx), %%rax; cmpq %%rax, %%rcx; jne 9f\n\t"
			"movq %%rbx, %%rax\n\t"
			"jmp 2f\n"
		"9:\n\t"
			"xorl %%eax, %%eax\n"
		"2:\n\t"
			: "=a"(good) : "m"(exinf), "i"(ROUNDS)
			: "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
		CHECK(good == (UD)exinf);
		CHECK(!sns_loc() && !sns_ctx() && !sns_dsp());
		held[exinf]++;
	}
}

void holding_exception(TEXPTN texptn, VP_INT exinf)
{
	CHECK(!sns_loc() && !sns_ctx());
	exceptions++;
}

void cycle_handler(VP_INT exinf)
{
	if (exinf == 1) {
		irot_rdq(10);
		iras_tex(HOLDING_1 + (ID)(wakings % 3), 1);
	} else {
		iwup_tsk(WAKING_TASK);
	}
}

/* A handler runs to its end before another begins. */
void raised_handler(VP_INT exinf)
{
	CHECK(!in_raised);
	in_raised = true;
	if (raised++ % 2 == 0)
		CHECK(vras_int(3) == E_OK);
	in_raised = false;
}

void waking_task(VP_INT exinf)
{
	UINT before;

	for (;;) {
		CHECK(slp_tsk() == E_OK);
		wakings++;
		before = raised;
		CHECK(vras_int(3) == E_OK);
		/* Taken at once, the one that it raises too. */
		CHECK(raised == before + 2);
		CHECK(loc_cpu() == E_OK);
		CHECK(vras_int(3) == E_OK);
		CHECK(raised == before + 2);
		CHECK(unl_cpu() == E_OK);
		CHECK(raised == before + 4);
		CHECK(can_wup(TSK_SELF) >= 0);
	}
}

void end_task(VP_INT exinf)
{
	CHECK(dly_tsk(DURATION) == E_OK);
	CHECK_BETWEEN(DURATION / 11 - 2, wakings, DURATION / 11 + 2);
	CHECK(exceptions > DURATION / 20);
	for (int i = 1; i <= 3; i++)
		CHECK(held[i] > 100);
	vstp_sys(0);
}
