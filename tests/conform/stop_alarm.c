/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: an alarm handler that returns with the CPU locked.
 *
 * Items:
 * (A) [INT-5] the real-time side stops with a message
 *
 * Resources: MAIN sets ALARM.
 *
 * Stops: [INT-5] an alarm handler returns with the CPU locked
 * Message: an alarm handler returned with the CPU locked
 */
#include "stop_alarm.h"
#include "kernel_id.h"

void handler(VP_INT exinf)
{
	iloc_cpu();
}

void main_task(VP_INT exinf)
{
	must(sta_alm(ALARM, 0), E_OK);
	must(dly_tsk(MSEC(2)), E_OK);
	tap_end();
}
