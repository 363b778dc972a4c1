/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: mutexes, as far as their four attributes have it in common: owning,
 * handing on, the end of an owner. Priorities are tested in mutex_inherit.c
 * and mutex_ceiling.c, waiting in waitqueue.c.
 *
 * Items, (A) to (D) for each attribute:
 * (A) [MTX-1] [MTX-3] a mutex is free at first; who locks it, by loc_mtx,
 *     ploc_mtx or tloc_mtx, owns it, and nobody else gets it then
 * (B) [MTX-4] locking it once more gives E_ILUSE
 * (C) [MTX-16] unl_mtx of a free mutex, or of somebody else's, gives E_ILUSE, and changes nothing
 * (D) [MTX-10] [MTX-11] unl_mtx makes it free, or gives it to the first waiting task
 * (E) [MTX-12] [TSK-9] [TSK-10] [TSK-15] the end of a task, by ext_tsk, return or ter_tsk, gives its
 *     mutexes away, the newest first, and makes free those that nobody waits for
 * (F) [TSK-3] a start that is queued begins without them
 * (G) [MTX-5] TA_TFIFO and TA_TPRI leave the owner's priority alone
 *
 * Resources: MAIN (20), agents; FIFO, PRIO, INHERIT, CEILING (3); FIRST,
 * SECOND, THIRD of different attributes.
 */
#include "agents.h"
#include "kernel_id.h"

static ID mutex;			/* the one under test */

static ER (*const lockers[])(ID mtxid) = { loc_mtx, ploc_mtx };

static ER poll_work(VP_INT mtxid)
{
	return ploc_mtx((ID)mtxid);
}

static ER unlock_work(VP_INT mtxid)
{
	return unl_mtx((ID)mtxid);
}

/* Keep it until woken up. */
static ER hold_work(VP_INT n)
{
	agent_report((UINT)n, loc_mtx(mutex));
	slp_tsk();
	return unl_mtx(mutex);
}

/* What agent 6 gets who tries it. */
static ER other(ER (*work)(VP_INT))
{
	agent_start(6, work, mutex);
	if (agent_result(6) == PENDING)
		must(dly_tsk(MSEC(1)), E_OK);
	must(marks(), 6);
	return agent_result(6);
}

static void own(ID mtxid)
{
	mutex = mtxid;
	must(chg_pri(TSK_SELF, TPRI_INI), E_OK);
	check(ploc_mtx(mutex), E_OK, "[MTX-1] a mutex is free at first");
	check(other(poll_work), E_TMOUT, "[MTX-3] then it is not");
	must(unl_mtx(mutex), E_OK);
	for (UINT i = 0; i < 2; i++) {
		check(lockers[i](mutex), E_OK, "[MTX-3] loc_mtx, ploc_mtx of a free mutex");
		check(other(poll_work), E_TMOUT, "[MTX-3] nobody else can lock it");
		check(other(unlock_work), E_ILUSE, "[MTX-16] unl_mtx by somebody else");
		check(other(poll_work), E_TMOUT, "[MTX-16] it has changed nothing");
		check(loc_mtx(mutex), E_ILUSE, "[MTX-4] loc_mtx by the owner");
		check(ploc_mtx(mutex), E_ILUSE, "[MTX-4] ploc_mtx by the owner");
		check(tloc_mtx(mutex, MSEC(1)), E_ILUSE, "[MTX-4] tloc_mtx by the owner");
		check(tloc_mtx(mutex, TMO_POL), E_ILUSE, "[MTX-4] tloc_mtx with TMO_POL by the owner");
		check(unl_mtx(mutex), E_OK, "[MTX-10] unl_mtx by the owner, once for all that");
		check(unl_mtx(mutex), E_ILUSE, "[MTX-10] [MTX-16] now it is free: unl_mtx");
		check(other(poll_work), E_OK, "[MTX-10] now it is free: ploc_mtx by somebody else");
	}
	check(tloc_mtx(mutex, MSEC(1)), E_OK, "[MTX-12] the task that locked it has ended: tloc_mtx");
	must(unl_mtx(mutex), E_OK);
	check(tloc_mtx(mutex, TMO_POL), E_OK, "[MTX-3] tloc_mtx with TMO_POL of a free mutex");
	must(unl_mtx(mutex), E_OK);
}

static void hand_on(ID mtxid)
{
	mutex = mtxid;
	must(loc_mtx(mutex), E_OK);
	agent_start(1, hold_work, 1);
	must(dly_tsk(MSEC(1)), E_OK);
	agent_start(2, hold_work, 2);
	must(dly_tsk(MSEC(1)), E_OK);
	must(marks(), 0);
	check(unl_mtx(mutex), E_OK, "[MTX-11] unl_mtx, two tasks wait");
	check_that(marks() == 1 && agent_result(1) == E_OK, "[MTX-11] the first one has it");
	check(ploc_mtx(mutex), E_TMOUT, "[MTX-11] it is not free");
	check(unl_mtx(mutex), E_ILUSE, "[MTX-11] the old owner owns it no more");
	must(wup_tsk(AGENT1), E_OK);
	check_that(marks() == 2 && agent_result(2) == E_OK, "[MTX-11] then the second one has it");
	must(wup_tsk(AGENT2), E_OK);
	check(ploc_mtx(mutex), E_OK, "[MTX-10] then it is free");
	must(unl_mtx(mutex), E_OK);
}

/* ---- the end of a task -------------------------------------------------- */

static bool by_ext_tsk;

static ER all_three(VP_INT n)
{
	must(loc_mtx(FIRST), E_OK);
	must(loc_mtx(SECOND), E_OK);
	must(loc_mtx(THIRD), E_OK);
	must(loc_mtx(FIFO), E_OK);
	slp_tsk();
	agent_report((UINT)n, E_OK);
	if (by_ext_tsk)
		ext_tsk();
	return E_OK;
}

static ER equal_work(VP_INT mtxid)
{
	must(chg_pri(TSK_SELF, 6), E_OK);
	return loc_mtx((ID)mtxid);
}

/* Agent 5 has all three, and agents 1, 2 and 4, all of priority 6, wait for one each. */
static void own_three(void)
{
	agent_start(5, all_three, 5);
	agent_start(1, equal_work, FIRST);
	agent_start(2, equal_work, SECOND);
	agent_start(4, equal_work, THIRD);
	must(marks(), 0);
}

static void three_free(const char *text)
{
	ER first = ploc_mtx(FIRST), second = ploc_mtx(SECOND), third = ploc_mtx(THIRD), fourth = ploc_mtx(FIFO);

	check_that(first == E_OK && second == E_OK && third == E_OK && fourth == E_OK, text);
	must(unl_mtx(SECOND), E_OK);
	must(unl_mtx(FIRST), E_OK);
	must(unl_mtx(FIFO), E_OK);
	must(unl_mtx(THIRD), E_OK);
}

static void ends(void)
{
	PRI pri = 0;

	own_three();
	must(wup_tsk(AGENT5), E_OK);
	check(marks(), 5421, "[MTX-12] [TSK-9] [TSK-10] return from the task: its mutexes go to who waits, the newest first");
	three_free("[MTX-12] when those have ended too, all are free");
	by_ext_tsk = true;
	own_three();
	must(wup_tsk(AGENT5), E_OK);
	check(marks(), 5421, "[MTX-12] ext_tsk: its mutexes go to who waits, the newest first");
	three_free("[MTX-12] when those have ended too, all are free");
	own_three();
	must(ter_tsk(AGENT5), E_OK);
	check(marks(), 421, "[MTX-12] [TSK-15] ter_tsk: its mutexes go to who waits, the newest first");
	three_free("[MTX-12] when those have ended too, all are free");

	agent_start(5, all_three, 5);
	agent_start(1, equal_work, SECOND);
	must(act_tsk(AGENT5), E_OK);
	must(sus_tsk(AGENT5), E_OK);
	must(ter_tsk(AGENT5), E_OK);
	must(marks(), 1);
	must(get_pri(AGENT5, &pri), E_OK);
	check(pri, 8, "[TSK-3] a queued start begins with the initial priority");
	check(agent_result(1), E_OK, "[MTX-12] and without the mutexes");
	must(wup_tsk(AGENT5), E_OK);
	must(marks(), 5);
	three_free("[MTX-12] the second end gives back what it had locked anew");
}

static void no_protocol(ID mtxid)
{
	PRI pri = 0;

	must(loc_mtx(mtxid), E_OK);
	agent_start(1, equal_work, mtxid);
	must(get_pri(TSK_SELF, &pri), E_OK);
	check(pri, MAIN_PRI, "[MTX-5] TA_TFIFO, TA_TPRI: the owner's priority stays");
	must(chg_pri(TSK_SELF, MAIN_PRI + 1), E_OK);
	must(get_pri(TSK_SELF, &pri), E_OK);
	check(pri, MAIN_PRI + 1, "[MTX-5] or is what chg_pri says");
	must(chg_pri(TSK_SELF, TPRI_INI), E_OK);
	must(loc_mtx(CEILING), E_OK);
	must(unl_mtx(CEILING), E_OK);
	must(get_pri(TSK_SELF, &pri), E_OK);
	check(pri, MAIN_PRI, "[MTX-5] also after another mutex has changed it");
	must(unl_mtx(mtxid), E_OK);
	must(marks(), 1);
}

void main_task(VP_INT exinf)
{
	for (ID id = FIFO; id <= CEILING; id++) {
		own(id);
		hand_on(id);
	}
	ends();
	no_protocol(FIFO);
	no_protocol(PRIO);
	tap_end();
}
