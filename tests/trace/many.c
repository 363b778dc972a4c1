/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 20 000 service calls of two records each. How long one takes is printed: on
 * linux, where a cycle is an instruction under icount, that is what a record
 * costs (tests/vm/trace.sh).
 */
#include "many.h"
#include "kernel_id.h"

#define CALLS 20000

void caller_task(VP_INT exinf)
{
	UD begin = vget_cyc(), end;
	ID id;

	for (int i = 0; i < CALLS; i++)
		get_tid(&id);
	end = vget_cyc();
	vlog("%lu cycles for %d calls", (unsigned long)(end - begin), CALLS);
	vstp_sys(0);
}
