/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: a cyclic handler that returns with the CPU locked.
 *
 * Items:
 * (A) [INT-5] the real-time side stops with a message
 *
 * Resources: MAIN waits for CYCLE, which is started.
 *
 * Stops: [INT-5] a cyclic handler returns with the CPU locked
 * Message: a cyclic handler returned with the CPU locked
 */
#include "stop_cyclic.h"
#include "kernel_id.h"

void handler(VP_INT exinf)
{
	iloc_cpu();
}

void main_task(VP_INT exinf)
{
	must(dly_tsk(MSEC(2)), E_OK);
	tap_end();
}
