/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tasks and handlers that the benchmark measures against: see bench.h.
 */
#include "bench.h"
#include "kernel_id.h"

volatile UD arrived;
volatile UW spun;
volatile UW handler_way = ~0U, task_way = ~0U;
volatile UINT cycles_seen;
enum other_mode other_mode;

/* More urgent than the bench task: a signal leads here at once. */
void sem_task(VP_INT exinf)
{
	for (;;) {
		wai_sem(HANDOFF_SEM);
		arrived = cycles();
	}
}

void dtq_task(VP_INT exinf)
{
	VP_INT data;

	for (;;) {
		rcv_dtq(HANDOFF_DTQ, &data);
		arrived = cycles();
	}
}

/* As urgent as the bench task. */
void peer_task(VP_INT exinf)
{
	for (;;) {
		arrived = cycles();
		rot_rdq(PRI_BENCH);
	}
}

void high_task(VP_INT exinf)
{
	arrived = cycles();
	ext_tsk();
}

void woken_task(VP_INT exinf)
{
	UW way;

	for (;;) {
		slp_tsk();
		way = (UW)cycles() - spun;
		if (way < task_way)
			task_way = way;
		cycles_seen++;
	}
}

void other_task(VP_INT exinf)
{
	FLGPTN pattern;

	while (other_mode == OTHER_WAITS_FLAG)
		wai_flg(OTHERS_FLG, 1, TWF_ORW, &pattern);
}

void alarm_handler(VP_INT exinf)
{
}

void cycle_handler(VP_INT exinf)
{
	UW way = (UW)cycles() - spun;

	if (way < handler_way)
		handler_way = way;
	iwup_tsk(WOKEN_TASK);
}

void raised_handler(VP_INT exinf)
{
	arrived = cycles();
}
