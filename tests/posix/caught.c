/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that DEF_EXC handlers take. CASE:
 *	overflow, ud2	the task is ended; started again it runs as at first, many times
 *	queued		the same by activations queued before
 *	retry		the handler mends the page; a task that it wakes runs first
 *	trap		a breakpoint goes on behind itself
 *	stop		the handler says VEXC_STOP
 *	budget		the task is ended at its budget; one that stays below it is not
 *	budget-retry	each retry gives it a whole new budget
 */
#include <sys/mman.h>

#include "caught.h"
#include "kernel_id.h"

static volatile int faults, starts, wakes;
static int *page;

void fault_handler(VP p_excinf)
{
	T_EXCINF *info = p_excinf;

	faults++;
	must(info->tskid == FAULTY && info->pc && sns_ctx());
	if (is_case("stop")) {
		info->action = VEXC_STOP;
	} else if (is_case("trap")) {
		must(*(unsigned char *)info->pc == 0xcc);
		info->action = VEXC_RETRY;
	} else if (is_case("retry")) {
		must(info->addr == (uintptr_t)page && (info->code & 2));
		must(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
		must(iwup_tsk(URGENT) == E_OK);
		info->action = VEXC_RETRY;
	}
}

void budget_handler(VP p_excinf)
{
	T_EXCINF *info = p_excinf;

	faults++;
	must(info->excno == EXCNO_BUDGET && info->tskid == FAULTY);
	if (is_case("budget-retry") && faults % 4)
		info->action = VEXC_RETRY;
}

void urgent_task(VP_INT exinf)
{
	while (slp_tsk() == E_OK) {
		/* The instruction that faulted has not been repeated yet. */
		must(page && *page == wakes);
		wakes++;
	}
}

void faulty_task(VP_INT exinf)
{
	int rounds;

	starts++;
	if (is_case("overflow"))
		overflow_stack(~0UL);
	if (is_case("budget") || is_case("budget-retry"))
		for (;;)
			vspn_tim(100000);
	if (is_case("ud2") || is_case("queued") || is_case("stop"))
		__asm__ volatile("ud2");
	if (is_case("trap"))
		for (rounds = 0; rounds < ROUNDS; rounds++)
			__asm__ volatile("int3");
	if (is_case("retry")) {
		page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		for (rounds = 1; rounds <= ROUNDS; rounds++) {
			/* Through registers that the handlers use as well. */
			register uint64_t r12 __asm__("r12") = 0x1212;
			register uint64_t rdx __asm__("rdx") = 0xdddd;

			__asm__ volatile("movl %3, (%2)" : "+r"(r12), "+r"(rdx) : "r"(page), "r"(rounds) : "memory");
			must(r12 == 0x1212 && rdx == 0xdddd && *page == rounds && wakes == rounds);
			must(!mprotect(page, 4096, PROT_READ));
		}
	}
}

/* Lower than the faulty task: runs when that has ended. */
void witness_task(VP_INT exinf)
{
	int i;

	if (is_case("queued")) {
		dis_dsp();
		for (i = 0; i < ROUNDS; i++)
			must(act_tsk(FAULTY) == E_OK);
		ena_dsp();
		must(starts == ROUNDS && faults == ROUNDS);
	} else if (is_case("overflow") || is_case("ud2")) {
		for (i = 1; i <= ROUNDS; i++) {
			must(act_tsk(FAULTY) == E_OK);
			must(starts == i && faults == i);
			must(!sns_dpn() && !sns_loc());
		}
	} else if (is_case("retry") || is_case("trap")) {
		must(act_tsk(FAULTY) == E_OK);
		must(starts == 1 && faults == ROUNDS);
	} else if (is_case("budget") || is_case("budget-retry")) {
		for (i = 1; i <= 5; i++) {
			dly_tsk(MSEC(5));
			/* Under the budget of 2 ms: nothing happens. */
			vspn_tim(1500000);
			must(act_tsk(FAULTY) == E_OK);
			must(starts == i && faults == i * (is_case("budget-retry") ? 4 : 1));
		}
	} else {
		act_tsk(FAULTY);
	}
	vlog("as expected");
	vstp_sys(0);
}
