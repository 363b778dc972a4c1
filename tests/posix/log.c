/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No line may be lost at the end. LINES in the environment says how many to
 * write; CASE how to end: stop (by the task), handler (by a handler, which
 * writes the last line), starve (after that handler there is nothing to do),
 * fault, or wait (by whoever started the program).
 */
#include "kernel_id.h"
#include "log.h"

static int lines(void)
{
	const char *value = getenv("LINES");

	return value ? atoi(value) : 10;
}

void writer_alarm(VP_INT exinf)
{
	vlog("line %d", lines() - 1);
	if (is_case("handler"))
		vstp_sys(0);
}

void writer_task(VP_INT exinf)
{
	int count = lines();

	bool last = is_case("handler") || is_case("starve");

	for (int i = 0; i < count - last; i++)
		vlog("line %d", i);
	if (is_case("stop"))
		vstp_sys(42);
	if (is_case("fault"))
		write_to(0);
	if (last)
		sta_alm(WRITER_ALARM, MSEC(1));
	slp_tsk();
}
