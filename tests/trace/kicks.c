/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As many.c, with what passes between the sides: 20 000 kicks of Linux, then as
 * many signals moved one by one, a record each. The exchange task itself, which
 * is less urgent, does not come to run.
 */
#include <exchange/exchange.h>
#include "many.h"

#define TIMES 20000

static void report(const char *what, UD begin)
{
	vlog("%lu cycles for %d %s", (unsigned long)(vget_cyc() - begin), TIMES, what);
}

void caller_task(VP_INT exinf)
{
	const uint64_t one = 1;
	UD begin = vget_cyc();

	for (int i = 0; i < TIMES; i++)
		exchange_host_kick(&exchange_object[i % 2]);
	report("kicks", begin);
	begin = vget_cyc();
	for (int i = 0; i < TIMES; i++) {
		exchange_write(&exchange_object[1], &one, sizeof(one));
		exchange_move_semaphore(&exchange_object[1], 1);
	}
	report("moves", begin);
	vstp_sys(0);
}
