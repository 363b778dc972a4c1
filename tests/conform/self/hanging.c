/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that waits for what never comes is ended by the harness.
 */
#include "hanging.h"

void main_task(VP_INT exinf)
{
	check_point(1);
	check_point(2);
	slp_tsk();
	check(1, 1, "not reached");
}
