/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: a CPU exception for which there is no DEF_EXC.
 *
 * Items:
 * (A) [EXC-2] the real-time side stops with a message
 *
 * Resources: MAIN reads a wild address.
 *
 * Stops: [EXC-2] an exception without handler: message with task and address
 * Message: MAIN.*page fault.*0x1238
 */
#include "stop_unhandled.h"

void main_task(VP_INT exinf)
{
	uint64_t value;

	__asm__ volatile("movq 8(%1), %0" : "=r"(value) : "r"(0x1230UL));
	tap_end();
}
