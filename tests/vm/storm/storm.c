/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fast cyclic handler, tasks that wait and sleep for odd times, and an
 * interrupt that Linux raises as fast as it can: so that NMIs fall on every
 * instruction of the ways in and out. For time unit 1 us.
 */
#include "storm.h"
#include "kernel_id.h"

static unsigned int cycles, raises, rounds, sleeps;
static UD first_cycle, last_cycle;

void fast_cycle(VP_INT exinf)
{
	last_cycle = vget_cyc();
	if (!cycles++)
		first_cycle = last_cycle;
	isig_sem(WORK);
}

void worker_task(VP_INT exinf)
{
	while (wai_sem(WORK) == E_OK) {
		rounds++;
		vspn_tim(rounds % 300);
	}
}

void sleeper_task(VP_INT exinf)
{
	while (dly_tsk(USEC(31)) == E_OK) {
		sleeps++;
		vspn_tim(sleeps % 700);
	}
}

void count_isr(VP_INT exinf)
{
	raises++;
}

void report_isr(VP_INT exinf)
{
	vlog("cycles %u us %u rounds %u raises %u sleeps %u", cycles, (unsigned int)(vcyc_ns(last_cycle - first_cycle) / 1000),
	     rounds, raises, sleeps);
}
