/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each kind of check fails, and is seen to. The last one ends the program.
 */
#include "failing.h"

static void in_handler(void)
{
	check(3, 4, "a handler's");
}

void main_task(VP_INT exinf)
{
	check(1, 1, "equal");
	check(1, 2, "unequal");
	check_that(false, "false");
	check_between(5, 6, 7, "too small");
	check_between(8, 6, 7, "too large");
	check_between(7, 6, 7, "fits");
	check_skip("left out", "no reason");
	check_point(1);
	check_point(3);
	check_point(3);
	check_sequence(3, "out of order");
	check_point(1);
	check_sequence(2, "too few");
	check_point(1);
	check_sequence(1, "right again");
	tap_in_handler(in_handler);
	must(loc_cpu(), E_OK);
	must(dly_tsk(1), E_OK);
	check(1, 1, "not reached");
}
