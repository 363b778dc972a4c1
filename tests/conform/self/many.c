/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More points than the log holds, from tasks and a handler that interrupt each
 * other: all come out, in order.
 */
#include "many.h"

#define POINTS	300		/* of each of the three */

static volatile INT handled;

void cycle_handler(VP_INT exinf)
{
	if (handled < POINTS) {
		handled++;
		check(1, 1, "a handler's");
	}
}

void high_task(VP_INT exinf)
{
	INT i;

	for (i = 0; i < POINTS; i++) {
		dly_tsk(MSEC(1));
		check(2, 2, "the higher task's");
	}
}

void main_task(VP_INT exinf)
{
	INT i;

	for (i = 0; i < POINTS; i++) {
		check(3, 3, "the lower task's");
		vspn_tim(1300000);
	}
	dly_tsk(MSEC(POINTS * 3));
	tap_end();
}
