/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: a CPU exception whose handler asks for the stop.
 *
 * Items:
 * (A) [EXC-6] the real-time side stops with a message, as without a handler
 *
 * Resources: MAIN executes an invalid opcode; the handler sets VEXC_STOP.
 *
 * Stops: [EXC-6] the handler of an exception asks to stop
 * Message: MAIN.*invalid opcode
 */
#include "stop_asked.h"

void handler(VP p_excinf)
{
	T_EXCINF *info = p_excinf;

	info->action = VEXC_STOP;
}

void main_task(VP_INT exinf)
{
	__asm__ volatile("ud2");
	tap_end();
}
