/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest complete application: a cyclic handler and a task. It ends by
 * itself after three seconds.
 */
#include "blink.h"
#include "kernel_id.h"

void blink_cycle(VP_INT exinf)
{
	iwup_tsk(BLINK_TASK);
}

void blink_task(VP_INT exinf)
{
	unsigned int cycles = 0;

	while (slp_tsk() == E_OK) {
		if (++cycles % 100 == 0)
			vlog("blink: %u s", cycles / 100);
		if (cycles == 300)
			vstp_sys(0);
	}
}
