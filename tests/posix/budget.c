/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What --budget stops when nobody handles it: a task, a task with the CPU
 * locked, a time event handler, an interrupt handler; and what it leaves
 * alone. CASE names it; with 1 in LOOP it is a loop without any call, which only
 * real time can stop.
 */
#include "budget.h"
#include "kernel_id.h"

static void work(void)
{
	const char *loop = getenv("LOOP");

	for (;;) {
		if (loop && *loop)
			__asm__ volatile("" ::: "memory");
		else
			vspn_tim(100000);
	}
}

void worker_task(VP_INT exinf)
{
	vlog("first line");
	if (is_case("task"))
		work();
	if (is_case("locked")) {
		loc_cpu();
		work();
	}
	if (is_case("alarm"))
		sta_alm(WORKER_ALARM, MSEC(1));
	if (is_case("interrupt"))
		vras_int(7);
	if (is_case("endless"))
		vras_int(8);
	if (is_case("innocent")) {
		for (int i = 0; i < 10; i++) {
			vspn_tim(1000000);
			dly_tsk(MSEC(1));
		}
		vstp_sys(0);
	}
	slp_tsk();
}

void worker_alarm(VP_INT exinf)
{
	work();
}

void worker_isr(VP_INT exinf)
{
	work();
}

void endless_isr(VP_INT exinf)
{
	vras_int(8);
}
