/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fast cyclic handler, tasks that wait and sleep for odd times, and an
 * interrupt that Linux raises as fast as it can: so that NMIs fall on every
 * instruction of the ways in and out. For time unit 1 us.
 */
#include "storm.h"
#include "kernel_id.h"

static unsigned int cycles, raises, rounds, sleeps, rings, woken, events;
static UD first_cycle, last_cycle, latest;

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

/* A task more urgent than all that is here, so that Linux's call goes to it straight on. */
void bell_isr(VP_INT exinf)
{
	rings++;
	isig_sem(BELL);
}

void bell_task(VP_INT exinf)
{
	while (wai_sem(BELL) == E_OK)
		woken++;
}

/* From its second time on there are no time events but one, which the task sets that this handler wakes; and that runs for long. */
void quiet_isr(VP_INT exinf)
{
	isig_sem(QUIET);
}

void quiet_task(VP_INT exinf)
{
	wai_sem(QUIET);
	stp_cyc(FAST);
	ter_tsk(SLEEPER);
	while (wai_sem(QUIET) == E_OK) {
		sta_alm(EVENT, USEC(50));
		vspn_tim(1500000);
	}
}

void event(VP_INT exinf)
{
	UD late = vget_lat();

	if (late > latest)
		latest = late;
	events++;
}

void report_isr(VP_INT exinf)
{
	vlog("cycles %u us %u rounds %u raises %u sleeps %u rings %u woken %u events %u late %u", cycles, (unsigned int)(vcyc_ns(last_cycle - first_cycle) / 1000),
	     rounds, raises, sleeps, rings, woken, events, (unsigned int)latest);
}
