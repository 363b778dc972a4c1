/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: time in an application that has no handler of INTNO_TICK.
 *
 * Items:
 * (A) [TIM-11] [TIM-7] time passes, a unit each, in a tick-driven build too
 * (B) [TIM-11] and time events take place
 *
 * Resources: MAIN (10), CYCLE (10 ms). tap.cfg has no handler of INTNO_TICK here.
 */
#include "own_tick.h"
#include "kernel_id.h"

#ifdef UNITRON_UNIT_US
#define LATE	300			/* units that a task may come late */
#else
#define LATE	0
#endif

static volatile UINT cycles;

void count_cycle(VP_INT exinf)
{
	cycles++;
}

static SYSTIM ticks(void)
{
	SYSTIM now = 0;

	must(get_tim(&now), E_OK);
	return now;
}

void main_task(VP_INT exinf)
{
	SYSTIM before;
	UD start;

	must(dly_tsk(0), E_OK);
	before = ticks();
	start = vget_cyc();
	check(dly_tsk(MSEC(20)), E_OK, "[TIM-11] a delay ends");
	check_between((long long)(ticks() - before), MSEC(20) + 1, MSEC(20) + 1 + LATE, "[TIM-11] [TIM-7] the system time has advanced by it");
	check_between((long long)vcyc_ns(vget_cyc() - start), 20000000 - 100000, 21100000, "[TIM-11] as long as it should be");
	must(sta_cyc(CYCLE), E_OK);
	must(dly_tsk(MSEC(55)), E_OK);
	check((long long)cycles, 5, "[TIM-11] a cyclic handler runs in its period");
	tap_end();
}
