/* SPDX-License-Identifier: BSD-2-Clause */
/* A short story whose trace is known: tests/trace/sequence.expected. */
#include "sequence.h"
#include "kernel_id.h"

void high_task(VP_INT exinf)
{
	twai_sem(READY, MSEC(3));	/* time-out */
	wai_sem(READY);			/* from the device */
	ext_tsk();
}

void low_task(VP_INT exinf)
{
	act_tsk(HIGH);
	dly_tsk(MSEC(5));
	vras_int(3);
	loc_cpu();
	unl_cpu();
	chg_pri(99, 1);			/* E_ID */
	__asm__ volatile("ud2");	/* its handler ends the task */
}

void beat(VP_INT exinf)
{
	iact_tsk(LOW);
}

void device(VP_INT exinf)
{
	isig_sem(READY);
}

void undefined(VP p_excinf)
{
	((T_EXCINF *)p_excinf)->action = VEXC_TERMINATE;
}
