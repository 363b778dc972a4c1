/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: an interrupt handler that returns with the CPU locked.
 *
 * Items:
 * (A) [INT-5] the real-time side stops with a message
 *
 * Resources: MAIN raises interrupt 1.
 *
 * Stops: [INT-5] a handler returns with the CPU locked
 * Message: an interrupt handler returned with the CPU locked
 */
#include "stop_locked.h"

void handler(void)
{
	iloc_cpu();
}

void main_task(VP_INT exinf)
{
	vras_int(1);
	tap_end();
}
