/* SPDX-License-Identifier: BSD-2-Clause */
/* Three tasks; one faults in its tenth turn, and nobody handles it. More is recorded before than the ring holds. */
#include "fault.h"
#include "kernel_id.h"

void steady_task(VP_INT exinf)
{
	ID id;

	for (int i = 0; i < 10000; i++)
		get_tid(&id);
	for (;;)
		dly_tsk(MSEC(1));
}

void faulty_task(VP_INT exinf)
{
	static int *volatile nowhere = (int *)8;

	for (int turn = 1; turn < 10; turn++)
		dly_tsk(MSEC(2));
	*nowhere = 1;
}

void next_task(VP_INT exinf)
{
	for (;;)
		dly_tsk(MSEC(1));
}
