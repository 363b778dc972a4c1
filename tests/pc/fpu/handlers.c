/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of the FPU test that runs without FPU: see fpu.c. */
#include "fpu.h"
#include "../check.h"
#include "kernel_id.h"

#define DURATION	MSEC(400)

void cycle_handler(VP_INT exinf)
{
	static UINT count;

	switch (count++ % 4) {
	case 0:
		irot_rdq(10);
		break;
	case 1:
		iact_tsk(SHORT_TASK);
		break;
	case 2:
		iras_tex(COMPUTING_1, 1);
		break;
	default:
		iras_tex(COMPUTING_2, 1);
		break;
	}
}

void end_task(VP_INT exinf)
{
	CHECK(dly_tsk(DURATION) == E_OK);
	CHECK(sums[0] > 50 && sums[1] > 50 && sums[2] > 50);
	CHECK(exceptions > 50);
	vstp_sys(0);
}
