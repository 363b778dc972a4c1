/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: the order in which ready tasks run.
 *
 * Items:
 * (A) [SCH-1] of several priorities the highest runs
 * (B) [SCH-2] tasks that become ready come behind their equals
 *
 * Resources: MAIN (10) leads; EQUAL1..3 (20), HIGH (5), ALARM.
 */
#include "schedule.h"
#include "kernel_id.h"

void order_task(VP_INT exinf)
{
	check_point((UINT)exinf);
}

void high_task(VP_INT exinf)
{
	check_point(1);
}

void alarm_handler(VP_INT exinf)
{
}

void main_task(VP_INT exinf)
{
	must(act_tsk(EQUAL1), E_OK);
	must(act_tsk(EQUAL2), E_OK);
	must(act_tsk(EQUAL3), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
	check_sequence(3, "[SCH-2] started tasks run in the order of their starts");

	must(act_tsk(HIGH), E_OK);
	check_point(2);
	check_sequence(2, "[SCH-4] a higher task that is started runs before act_tsk returns");
	tap_end();
}
