/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: semaphores. The order of waiting tasks, time-outs and releases by
 * force are tested in waitqueue.c.
 *
 * Items:
 * (A) [SEM-1] the count is isemcnt at first: 0, 3, and the largest
 * (B) [SEM-4] [SEM-5] sig_sem and isig_sem add 1, up to maxsem; then E_QOVR, and the count stays
 * (C) [SEM-6] wai_sem, pol_sem and twai_sem with any time-out take 1 at once
 * (D) [SEM-7] wai_sem and twai_sem wait while the count is 0, also for as many signals as there are tasks
 * (E) [SEM-3] a signal goes to the waiting task and leaves the count alone:
 *     nobody else gets it, and maxsem does not limit how many follow at once
 *
 * Resources: MAIN (20), agents; EMPTY (0 of 1), THREE (3 of 5), LARGE (65535 of 65535).
 */
#include "agents.h"
#include "kernel_id.h"

static ER isig(VP_INT semid)
{
	return isig_sem((ID)semid);
}

static ER wait_work(VP_INT semid)
{
	return wai_sem((ID)semid);
}

static ER twait_work(VP_INT semid)
{
	return twai_sem((ID)semid, MSEC(5));
}

/* Take all there is. */
static UINT drain(ID semid)
{
	UINT count = 0;

	while (pol_sem(semid) == E_OK)
		count++;
	return count;
}

static void counts(void)
{
	check(pol_sem(EMPTY), E_TMOUT, "[SEM-1] isemcnt 0: nothing to be had");
	check(sig_sem(LARGE), E_QOVR, "[SEM-1] [SEM-5] isemcnt 65535 of 65535: full");
	check(drain(LARGE), TMAX_MAXSEM, "[SEM-1] isemcnt 65535: so many can be had");
	check(drain(THREE), 3, "[SEM-1] isemcnt 3: three can be had");

	check(sig_sem(THREE), E_OK, "[SEM-4] sig_sem");
	check(drain(THREE), 1, "[SEM-4] it has added 1");
	check(in_handler(isig, THREE), E_OK, "[SEM-4] isig_sem");
	check(drain(THREE), 1, "[SEM-4] it has added 1");
	for (UINT i = 0; i < 5; i++)
		must(sig_sem(THREE), E_OK);
	check(sig_sem(THREE), E_QOVR, "[SEM-5] sig_sem at maxsem");
	check(in_handler(isig, THREE), E_QOVR, "[SEM-5] isig_sem at maxsem");
	check(drain(THREE), 5, "[SEM-5] the count has stayed maxsem");
}

static void take(void)
{
	for (UINT i = 0; i < 5; i++)
		must(sig_sem(THREE), E_OK);
	check(wai_sem(THREE), E_OK, "[SEM-6] wai_sem takes 1");
	check(twai_sem(THREE, MSEC(5)), E_OK, "[SEM-6] twai_sem takes 1");
	check(twai_sem(THREE, TMO_POL), E_OK, "[SEM-6] twai_sem with TMO_POL takes 1");
	check(twai_sem(THREE, TMO_FEVR), E_OK, "[SEM-6] twai_sem with TMO_FEVR takes 1");
	check(pol_sem(THREE), E_OK, "[SEM-6] pol_sem takes 1");
	check(pol_sem(THREE), E_TMOUT, "[SEM-6] five in all");
}

static void wait(void)
{
	agent_start(1, wait_work, EMPTY);
	agent_start(2, twait_work, EMPTY);
	check(marks(), 0, "[SEM-7] wai_sem and twai_sem wait while the count is 0");
	check(sig_sem(EMPTY), E_OK, "[SEM-3] sig_sem with tasks waiting");
	check_that(marks() == 1 && agent_result(1) == E_OK, "[SEM-3] it releases the first");
	check(in_handler(isig, EMPTY), E_OK, "[SEM-3] isig_sem with a task waiting");
	check_that(marks() == 2 && agent_result(2) == E_OK, "[SEM-3] it releases it");
	check(pol_sem(EMPTY), E_TMOUT, "[SEM-3] the count has stayed 0");
}

/* Three signals for three tasks, none of which runs in between: maxsem is 1. */
static void several(void)
{
	agent_start(1, wait_work, EMPTY);
	agent_start(2, wait_work, EMPTY);
	agent_start(3, wait_work, EMPTY);
	must(dis_dsp(), E_OK);
	check(sig_sem(EMPTY), E_OK, "[SEM-3] sig_sem for a first task");
	check(pol_sem(EMPTY), E_TMOUT, "[SEM-3] nobody else gets it, even before the task runs");
	check(sig_sem(EMPTY), E_OK, "[SEM-3] sig_sem for a second task, with maxsem 1");
	check(sig_sem(EMPTY), E_OK, "[SEM-3] sig_sem for a third task");
	check(sig_sem(EMPTY), E_OK, "[SEM-4] with nobody waiting the count becomes 1");
	check(sig_sem(EMPTY), E_QOVR, "[SEM-5] then it is maxsem");
	must(ena_dsp(), E_OK);
	check(marks(), 123, "[SEM-3] all three go on");
	check(drain(EMPTY), 1, "[SEM-4] and the count is 1");
}

void main_task(VP_INT exinf)
{
	counts();
	take();
	wait();
	several();
	tap_end();
}
