/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: mutexes with a ceiling priority (TA_CEILING).
 *
 * Items:
 * (A) [MTX-7] the owner has at least the ceiling priority, with loc_mtx,
 *     ploc_mtx and tloc_mtx, from the call on
 * (B) [MTX-17] each unl_mtx leaves it the highest of its other ceilings and of
 *     what it inherits ([MTX-5] [MTX-9]), in any order
 * (C) [MTX-13] locking gives E_ILUSE if the base priority is above the ceiling, also if the
 *     mutex is not free; the current priority does not count
 * (D) [MTX-14] chg_pri above the ceiling gives E_ILUSE for the owner and for who waits, by
 *     TPRI_INI too; up to the ceiling it is allowed ([TSK-19]); other mutexes do not matter
 * (E) [MTX-11] who waited gets the ceiling priority with the mutex
 * (F) [MTX-15] [TSK-22] [SCH-3] chg_pri of a task that a mutex holds where it is leaves its place
 *     among its equals alone; else the task goes behind them, also if it is the old priority
 * (G) [MTX-8] a ready task whose priority a ceiling changes goes before its new equals, up and down
 * (H) [MTX-7] [MTX-12] [TSK-3] the end of an owner ends that
 *
 * Resources: MAIN (20), agents; CEILING10, CEILING9, CEILING8, INHERIT, PLAIN.
 */
#include "agents.h"
#include "kernel_id.h"

static PRI pri_of(ID tskid)
{
	PRI pri = 0;

	must(get_pri(tskid, &pri), E_OK);
	return pri;
}

static ER lock_work(VP_INT mtxid)
{
	return loc_mtx((ID)mtxid);
}

static ER hold_work(VP_INT mtxid)
{
	must(loc_mtx((ID)mtxid), E_OK);
	return slp_tsk();
}

static ER fall_work(VP_INT pri)
{
	return chg_pri(TSK_SELF, (PRI)pri);
}

static ER no_work(VP_INT n)
{
	return E_OK;
}

/* (A) (B) */
static void levels(void)
{
	check(loc_mtx(CEILING10), E_OK, "[MTX-7] loc_mtx");
	check(pri_of(TSK_SELF), 10, "[MTX-7] the owner has the ceiling priority");
	check(ploc_mtx(CEILING8), E_OK, "[MTX-7] ploc_mtx of a higher one");
	check(pri_of(TSK_SELF), 8, "[MTX-7] the owner has the higher ceiling");
	check(tloc_mtx(CEILING9, MSEC(1)), E_OK, "[MTX-7] tloc_mtx of one between");
	check(pri_of(TSK_SELF), 8, "[MTX-7] it makes no difference");
	agent_start(6, no_work, 0);
	check(marks(), 0, "[MTX-7] a task between the ceiling and the owner's own priority does not run");
	must(unl_mtx(CEILING8), E_OK);
	check(pri_of(TSK_SELF), 9, "[MTX-17] the highest unlocked: the next");
	check(marks(), 0, "[MTX-8] before its new equals");
	must(unl_mtx(CEILING10), E_OK);
	check(pri_of(TSK_SELF), 9, "[MTX-17] the lowest unlocked: no difference");
	must(unl_mtx(CEILING9), E_OK);
	check(pri_of(TSK_SELF), MAIN_PRI, "[MTX-17] all unlocked: the owner's own priority");
	check(marks(), 6, "[MTX-17] and the lower task has run");

	must(loc_mtx(CEILING10), E_OK);
	must(loc_mtx(INHERIT), E_OK);
	agent_start(1, lock_work, INHERIT);
	check(pri_of(TSK_SELF), 5, "[MTX-5] an inherited priority above the ceiling");
	must(rel_wai(AGENT1), E_OK);
	must(marks(), 1);
	check(pri_of(TSK_SELF), 10, "[MTX-9] no longer inherited: the ceiling");
	agent_start(1, lock_work, INHERIT);
	must(unl_mtx(INHERIT), E_OK);
	check(pri_of(TSK_SELF), 10, "[MTX-17] unlocked: the ceiling");
	must(marks(), 1);
	must(unl_mtx(CEILING10), E_OK);
	must(pri_of(TSK_SELF), MAIN_PRI);
}

/* (C) */
static void illegal_locks(void)
{
	must(chg_pri(TSK_SELF, 9), E_OK);
	check(loc_mtx(CEILING10), E_ILUSE, "[MTX-13] loc_mtx, the base priority is above the ceiling");
	check(ploc_mtx(CEILING10), E_ILUSE, "[MTX-13] ploc_mtx");
	check(tloc_mtx(CEILING10, MSEC(1)), E_ILUSE, "[MTX-13] tloc_mtx");
	must(pri_of(TSK_SELF), 9);
	check(loc_mtx(CEILING9), E_OK, "[MTX-13] the base priority is the ceiling");
	must(unl_mtx(CEILING9), E_OK);
	must(chg_pri(TSK_SELF, 10), E_OK);
	check(loc_mtx(CEILING10), E_OK, "[MTX-13] nothing was locked by that");
	agent_start(1, lock_work, CEILING10);
	check_that(marks() == 1 && agent_result(1) == E_ILUSE, "[MTX-13] loc_mtx of a mutex that is not free, above the ceiling");
	must(unl_mtx(CEILING10), E_OK);
	must(chg_pri(TSK_SELF, TPRI_INI), E_OK);

	must(loc_mtx(CEILING8), E_OK);
	check(loc_mtx(CEILING10), E_OK, "[MTX-13] the current priority is above the ceiling, the base priority is not");
	must(unl_mtx(CEILING10), E_OK);
	must(unl_mtx(CEILING8), E_OK);
}

/* (D) */
static void illegal_changes(void)
{
	must(loc_mtx(CEILING8), E_OK);
	must(loc_mtx(CEILING10), E_OK);
	check(chg_pri(TSK_SELF, 9), E_ILUSE, "[MTX-14] chg_pri of the owner above the lowest of its ceilings");
	check(chg_pri(TSK_SELF, 1), E_ILUSE, "[MTX-14] to the highest");
	check(pri_of(TSK_SELF), 8, "[MTX-14] nothing has changed");
	check(chg_pri(TSK_SELF, 10), E_OK, "[MTX-14] chg_pri of the owner to the lowest ceiling");
	must(unl_mtx(CEILING8), E_OK);
	check(pri_of(TSK_SELF), 10, "[MTX-14] it is allowed");
	check(chg_pri(TSK_SELF, 25), E_OK, "[MTX-14] chg_pri to a lower priority");
	must(unl_mtx(CEILING10), E_OK);
	check(pri_of(TSK_SELF), 25, "[TSK-19] it counts when the mutex is unlocked");
	check(chg_pri(TSK_SELF, 9), E_OK, "[MTX-14] without the mutex any priority is allowed");
	must(chg_pri(TSK_SELF, TPRI_INI), E_OK);

	must(loc_mtx(CEILING8), E_OK);
	must(loc_mtx(INHERIT), E_OK);
	must(loc_mtx(PLAIN), E_OK);
	agent_start(6, lock_work, CEILING8);
	must(dly_tsk(MSEC(1)), E_OK);
	check(chg_pri(AGENT6, 7), E_ILUSE, "[MTX-14] chg_pri above the ceiling of a task that waits");
	check(chg_pri(AGENT6, 12), E_OK, "[MTX-14] to a lower priority");
	check(chg_pri(AGENT6, TPRI_INI), E_OK, "[MTX-14] TPRI_INI, which is below the ceiling");
	check(chg_pri(AGENT6, 8), E_OK, "[MTX-14] to the ceiling");
	agent_start(5, lock_work, INHERIT);
	agent_start(3, lock_work, PLAIN);
	must(dly_tsk(MSEC(1)), E_OK);
	check(chg_pri(AGENT5, 2), E_OK, "[MTX-14] a task that waits for a mutex of another kind may have any");
	check(chg_pri(AGENT3, 2), E_OK, "[MTX-14] of any other kind");
	must(rel_wai(AGENT5), E_OK);
	must(unl_mtx(PLAIN), E_OK);
	must(unl_mtx(INHERIT), E_OK);
	must(unl_mtx(CEILING8), E_OK);
	must(marks(), 536);
}

static ER initial_work(VP_INT n)
{
	must(chg_pri(TSK_SELF, 15), E_OK);
	must(loc_mtx(CEILING8), E_OK);
	return chg_pri(TSK_SELF, TPRI_INI);
}

/* (E) (H) */
static void owners(void)
{
	must(loc_mtx(CEILING8), E_OK);
	agent_start(6, hold_work, CEILING8);
	must(dly_tsk(MSEC(1)), E_OK);
	check(pri_of(AGENT6), 9, "[MTX-7] who waits keeps its own priority");
	must(unl_mtx(CEILING8), E_OK);
	check(pri_of(AGENT6), 8, "[MTX-11] with the mutex it gets the ceiling priority");
	check(ploc_mtx(CEILING8), E_TMOUT, "[MTX-11] which is not free");
	must(ter_tsk(AGENT6), E_OK);
	check(ploc_mtx(CEILING8), E_OK, "[MTX-12] its end leaves the mutex free");
	must(unl_mtx(CEILING8), E_OK);
	must(loc_mtx(CEILING9), E_OK);
	agent_start(6, hold_work, PLAIN);
	must(dly_tsk(MSEC(1)), E_OK);
	check(pri_of(AGENT6), 9, "[TSK-3] its next start has its own priority");
	must(ter_tsk(AGENT6), E_OK);
	must(unl_mtx(CEILING9), E_OK);
	agent_start(3, initial_work, 0);
	must(dly_tsk(MSEC(1)), E_OK);
	check(agent_result(3), E_ILUSE, "[MTX-14] chg_pri with TPRI_INI of an owner, above the ceiling");
	must(marks(), 3);
}

/* (F) Agent 5 is ready with priority 10, behind MAIN. */
static void place_by_chg_pri(void)
{
	must(loc_mtx(CEILING10), E_OK);
	agent_start(5, fall_work, 10);
	check(marks(), 0, "[SCH-3] a task that falls to MAIN's priority comes behind it");
	must(chg_pri(TSK_SELF, 25), E_OK);
	check(marks(), 0, "[MTX-15] chg_pri below the ceiling leaves the owner's place alone");
	must(chg_pri(TSK_SELF, 12), E_OK);
	check(marks(), 0, "[MTX-15] once more");
	must(chg_pri(TSK_SELF, 10), E_OK);
	check(marks(), 5, "[TSK-22] chg_pri to the priority that it has: the task goes behind its equals");
	must(unl_mtx(CEILING10), E_OK);
	check(pri_of(TSK_SELF), 10, "[MTX-15] the base priority is that of the last chg_pri");
	must(chg_pri(TSK_SELF, TPRI_INI), E_OK);
}

/* (G) */
static void place_by_ceiling(void)
{
	must(dis_dsp(), E_OK);
	agent_start(6, no_work, 0);
	must(ploc_mtx(CEILING9), E_OK);
	must(ena_dsp(), E_OK);
	check(marks(), 0, "[MTX-8] a task that locks a mutex comes before its new equals");
	must(unl_mtx(CEILING9), E_OK);
	check(marks(), 6, "[MTX-17] unlocked it is below them");

	agent_start(6, fall_work, MAIN_PRI);
	must(loc_mtx(CEILING9), E_OK);
	must(unl_mtx(CEILING9), E_OK);
	check(marks(), 0, "[MTX-8] a task that falls back comes before its new equals");
	must(dly_tsk(0), E_OK);
	must(marks(), 6);
}

void main_task(VP_INT exinf)
{
	levels();
	illegal_locks();
	illegal_changes();
	owners();
	place_by_chg_pri();
	place_by_ceiling();
	tap_end();
}
