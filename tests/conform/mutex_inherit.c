/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: priority inheritance by mutexes (TA_INHERIT).
 *
 * Items:
 * (A) [MTX-5] the owner has at least the priority of each task that waits, whatever
 *     order they come in
 * (B) [MTX-17] [MTX-11] each unl_mtx leaves the owner what the others ask for, in any order, and
 *     the new owner what it has itself
 * (C) [MTX-6] [MTX-5] along a chain of owners that wait themselves the priority goes up
 * (D) [MTX-6] [MTX-9] it goes down again when the task at the end leaves by
 *     rel_wai, time-out or its end, or by chg_pri; and when a task in the middle does
 * (E) [MTX-6] a mutex without inheritance ends the chain
 * (F) [WAI-2] [MTX-2] a waiting owner whose priority changes has a new place in a queue ordered by priority
 * (G) [TSK-19] chg_pri of an owner: its base priority counts when it is higher, and when
 *     the mutex is unlocked
 * (H) [MTX-8] a ready task whose priority a mutex changes goes before its new
 *     equals, up and down
 * (I) [MTX-6] [WAI-8] tasks that wait for each other's mutexes do not hang the kernel,
 *     and have their own priorities when the ring is broken; [MTX-12] the end of one of them breaks it;
 *     the same with tasks of equal priority
 * (J) [MTX-9] [WAI-5] a suspended task that waits still lends its priority; a suspended owner has it
 * (K) [MTX-11] [TSK-19] who has got the mutex that it waited for waits for nothing, also before it runs
 *
 * Resources: MAIN (20), agents 1..6 (5 6 7 6 8 9); ONE, TWO, THREE (TA_INHERIT),
 * BY_PRIORITY (TA_TPRI), SEM (TA_TPRI).
 *
 * While MAIN has inherited a priority lower agents do not run; then it waits a
 * while (settle) to let them.
 */
#include "agents.h"
#include "kernel_id.h"

/* What an agent locks, and what it waits for then. */
struct link {
	ID	owned;			/* 0: none */
	bool	pause;			/* then it sleeps before it wants the other */
	ID	wanted;			/* 0: it sleeps */
	TMO	tmout;
	ID	sem;			/* waits for this in place of wanted */
};

static struct link links[AGENTS + 1];

static void settle(void)
{
	must(dly_tsk(MSEC(1)), E_OK);
}

static PRI pri_of(ID tskid)
{
	PRI pri = 0;

	must(get_pri(tskid, &pri), E_OK);
	return pri;
}

/* Current priorities of MAIN and agents 6, 5: digits, MAIN's leading. */
static long long pris(void)
{
	return pri_of(TSK_SELF) * 100LL + pri_of(AGENT6) * 10 + pri_of(AGENT5);
}

static ER link_work(VP_INT n)
{
	const struct link *link = &links[n];
	ER er = E_OK;

	if (link->owned)
		must(loc_mtx(link->owned), E_OK);
	if (link->pause)
		must(slp_tsk(), E_OK);
	if (link->sem)
		er = wai_sem(link->sem);
	else if (link->wanted)
		er = tloc_mtx(link->wanted, link->tmout);
	agent_report((UINT)n, er);
	/* What it has it keeps until it is woken up. */
	if (link->owned || er == E_OK)
		slp_tsk();
	return er;
}

static void start(UINT n, ID owned, ID wanted)
{
	links[n] = (struct link){ .owned = owned, .wanted = wanted, .tmout = TMO_FEVR };
	agent_start(n, link_work, (VP_INT)n);
	settle();
}

/* End everything: MAIN's mutexes are its callers' to unlock. */
static void end(void)
{
	agents_end();
	marks();
	must(pri_of(TSK_SELF), MAIN_PRI);
}

/* (A) */
static void inherit(void)
{
	must(loc_mtx(ONE), E_OK);
	check(pri_of(TSK_SELF), MAIN_PRI, "[MTX-5] nobody waits: the owner's own priority");
	start(6, 0, ONE);
	check(pri_of(TSK_SELF), 9, "[MTX-5] a task waits: its priority");
	start(2, 0, ONE);
	check(pri_of(TSK_SELF), 6, "[MTX-5] a higher task waits: its priority");
	start(3, 0, ONE);
	check(pri_of(TSK_SELF), 6, "[MTX-5] a lower one makes no difference");
	start(1, 0, ONE);
	check(pri_of(TSK_SELF), 5, "[MTX-5] the highest: its priority");
	must(unl_mtx(ONE), E_OK);
	check(pri_of(TSK_SELF), MAIN_PRI, "[MTX-17] unlocked: the owner's own priority");
	check(marks(), 1, "[MTX-11] the highest waiting task has it");
	check(pri_of(AGENT1), 5, "[MTX-11] and its own priority, as lower ones wait");
	must(chg_pri(AGENT1, 8), E_OK);
	check(pri_of(AGENT1), 6, "[MTX-5] [TSK-19] lowered by chg_pri the new owner has the priority of the next who waits");
	end();
}

/* (B) */
static void unlock_order(void)
{
	must(loc_mtx(ONE), E_OK);
	must(loc_mtx(TWO), E_OK);
	must(loc_mtx(THREE), E_OK);
	start(6, 0, ONE);
	start(5, 0, TWO);
	start(3, 0, THREE);
	check(pri_of(TSK_SELF), 7, "[MTX-5] three mutexes: the highest of all who wait");
	must(unl_mtx(TWO), E_OK);
	check(pri_of(TSK_SELF), 7, "[MTX-17] the middle one unlocked: still the highest");
	must(unl_mtx(THREE), E_OK);
	check(pri_of(TSK_SELF), 9, "[MTX-17] the highest unlocked: what the last asks for");
	must(unl_mtx(ONE), E_OK);
	check(pri_of(TSK_SELF), MAIN_PRI, "[MTX-17] all unlocked: the owner's own priority");
	end();
}

/*
 * MAIN owns ONE; agent 6 owns TWO and waits for ONE; agent 5 owns THREE and
 * waits for TWO; agent 1 waits for THREE, tmout long.
 */
static void chain(TMO tmout)
{
	must(loc_mtx(ONE), E_OK);
	start(6, TWO, ONE);
	start(5, THREE, TWO);
	links[1] = (struct link){ .wanted = THREE, .tmout = tmout };
	agent_start(1, link_work, 1);
	settle();
	must(marks(), 0);
}

static void chain_end(void)
{
	agents_end();
	must(unl_mtx(ONE), E_OK);
	end();
}

/* (C) (D) */
static void chains(void)
{
	chain(TMO_FEVR);
	check(pris(), 555, "[MTX-6] the priority goes up along the chain");
	must(rel_wai(AGENT1), E_OK);
	check(pris(), 888, "[MTX-9] [MTX-6] rel_wai at the end: it goes down along the chain");
	check(marks(), 1, "[MTX-9] the task that was released has run");
	chain_end();

	chain(MSEC(3));
	must(pris(), 555);
	must(dly_tsk(MSEC(4)), E_OK);
	check_that(marks() == 1 && agent_result(1) == E_TMOUT, "[MTX-9] a time-out at the end");
	check(pris(), 888, "[MTX-9] [MTX-6] the priority goes down along the chain");
	chain_end();

	chain(TMO_FEVR);
	must(ter_tsk(AGENT1), E_OK);
	check(pris(), 888, "[MTX-9] [MTX-6] ter_tsk at the end: the priority goes down along the chain");
	chain_end();

	chain(TMO_FEVR);
	must(chg_pri(AGENT1, 3), E_OK);
	check(pris(), 333, "[MTX-6] chg_pri at the end: up along the chain");
	must(chg_pri(AGENT1, 7), E_OK);
	check(pris(), 777, "[MTX-6] chg_pri at the end: down along the chain");
	must(chg_pri(AGENT1, 15), E_OK);
	check(pris(), 888, "[MTX-6] chg_pri below what the others have themselves");
	must(chg_pri(AGENT5, 7), E_OK);
	check(pris(), 777, "[MTX-6] chg_pri in the middle: up from there");
	chain_end();

	chain(TMO_FEVR);
	must(rel_wai(AGENT5), E_OK);
	settle();
	check(pris(), 995, "[MTX-9] rel_wai in the middle: only those behind it go down");
	check(marks(), 5, "[MTX-9] the task in the middle was released");
	chain_end();

	chain(TMO_FEVR);
	must(ter_tsk(AGENT5), E_OK);
	check(pri_of(TSK_SELF) * 10 + pri_of(AGENT6), 99, "[MTX-9] ter_tsk in the middle: those behind it go down");
	check(marks(), 1, "[MTX-12] and who waited for its mutex has it");
	chain_end();
}

/* (J) */
static void suspended(void)
{
	chain(TMO_FEVR);
	must(sus_tsk(AGENT1), E_OK);
	check(pris(), 555, "[WAI-5] [MTX-5] a suspended task lends its priority while it waits");
	must(rel_wai(AGENT1), E_OK);
	check(pris(), 888, "[MTX-9] rel_wai of a suspended task: no longer");
	must(sus_tsk(AGENT5), E_OK);
	must(rsm_tsk(AGENT1), E_OK);
	settle();
	must(marks(), 1);
	start(2, 0, THREE);
	check(pris(), 666, "[MTX-5] a suspended owner inherits, and hands it on");
	chain_end();

	start(5, THREE, 0);
	must(marks(), 5);
	must(sus_tsk(AGENT5), E_OK);
	must(wup_tsk(AGENT5), E_OK);
	start(1, 0, THREE);
	check(pri_of(AGENT5), 5, "[MTX-5] an owner that is suspended and does not wait inherits");
	must(rsm_tsk(AGENT5), E_OK);
	check(marks(), 1, "[MTX-12] resumed it ends, and who waits has the mutex");
	end();
}

/* (E) (F) */
static void chain_ends(void)
{
	must(loc_mtx(BY_PRIORITY), E_OK);
	start(5, 0, BY_PRIORITY);
	start(6, TWO, BY_PRIORITY);
	start(1, 0, TWO);
	check(pri_of(AGENT6), 5, "[MTX-5] an owner that waits for a mutex without inheritance inherits");
	check(pri_of(TSK_SELF), MAIN_PRI, "[MTX-6] there the chain ends");
	must(marks(), 0);
	must(unl_mtx(BY_PRIORITY), E_OK);
	check(marks(), 6, "[WAI-2] [MTX-2] its place in the queue is that of its new priority");
	end();

	links[5] = (struct link){ .sem = SEM };
	links[6] = (struct link){ .owned = TWO, .sem = SEM };
	agent_start(5, link_work, 5);
	agent_start(6, link_work, 6);
	start(1, 0, TWO);
	marks();
	must(sig_sem(SEM), E_OK);
	check(marks(), 6, "[WAI-2] the same at a semaphore");
	end();

	agent_start(5, link_work, 5);
	agent_start(6, link_work, 6);
	start(1, 0, TWO);
	must(rel_wai(AGENT1), E_OK);
	must(marks(), 1);
	must(sig_sem(SEM), E_OK);
	check(marks(), 5, "[WAI-2] [MTX-9] and back when who lent the priority has left");
	end();
}

/* (G) */
static void base_priority(void)
{
	must(loc_mtx(ONE), E_OK);
	start(3, 0, ONE);
	must(pri_of(TSK_SELF), 7);
	must(chg_pri(TSK_SELF, 25), E_OK);
	check(pri_of(TSK_SELF), 7, "[TSK-19] chg_pri to a lower one: the owner keeps what it has inherited");
	must(chg_pri(TSK_SELF, 4), E_OK);
	check(pri_of(TSK_SELF), 4, "[TSK-19] chg_pri to a higher one: it counts");
	must(rel_wai(AGENT3), E_OK);
	check(pri_of(TSK_SELF), 4, "[MTX-9] also when nobody waits any more");
	must(chg_pri(TSK_SELF, 25), E_OK);
	must(marks(), 3);
	start(3, 0, ONE);
	must(pri_of(TSK_SELF), 7);
	must(unl_mtx(ONE), E_OK);
	check(pri_of(TSK_SELF), 25, "[MTX-17] [TSK-19] unlocked it has the priority of chg_pri");
	must(chg_pri(TSK_SELF, TPRI_INI), E_OK);
	end();
}

/* (K) */
static void handed_on(void)
{
	must(loc_mtx(ONE), E_OK);
	start(5, 0, ONE);
	must(dis_dsp(), E_OK);
	must(unl_mtx(ONE), E_OK);
	must(chg_pri(AGENT5, 4), E_OK);
	check(pri_of(AGENT5), 4, "[TSK-19] [MTX-11] a new owner that has not run yet has the priority of chg_pri");
	must(ena_dsp(), E_OK);
	check(marks(), 5, "[MTX-11] it has the mutex");
	end();
}

/*
 * (H) Up: agent 4 (6) is ready when agent 2, which comes before it, begins to
 * wait for MAIN's mutex: MAIN, then 6, comes before agent 4. Down: agent 3 is
 * ready with MAIN's own priority all the time; MAIN comes before it.
 */
static ER no_work(VP_INT n)
{
	return E_OK;
}

static ER fall_work(VP_INT pri)
{
	return chg_pri(TSK_SELF, (PRI)pri);
}

static ER lock_work(VP_INT mtxid)
{
	agent_start(4, no_work, 0);
	return loc_mtx((ID)mtxid);
}

static void place(void)
{
	must(loc_mtx(ONE), E_OK);
	agent_start(3, fall_work, MAIN_PRI);
	must(marks(), 0);
	agent_start(2, lock_work, ONE);
	check(marks(), 0, "[MTX-8] an owner that is raised comes before its new equals");
	check(pri_of(TSK_SELF), 6, "[MTX-5] it is raised");
	mark(9);
	must(unl_mtx(ONE), E_OK);
	mark(9);
	check(pri_of(TSK_SELF), MAIN_PRI, "[MTX-17] it has its own priority again");
	settle();
	check(marks(), 94293, "[MTX-8] an owner that falls back comes before its new equals");
	end();
}

/* (I) Agent 5 owns ONE and wants TWO, agent 6 the other way round; agent 1 wants ONE. */
static void ring_start(void)
{
	links[5] = (struct link){ .owned = ONE, .pause = true, .wanted = TWO, .tmout = TMO_FEVR };
	links[6] = (struct link){ .owned = TWO, .pause = true, .wanted = ONE, .tmout = TMO_FEVR };
	agent_start(5, link_work, 5);
	agent_start(6, link_work, 6);
	must(wup_tsk(AGENT5), E_OK);
	must(wup_tsk(AGENT6), E_OK);
	start(1, 0, ONE);
	must(marks(), 0);
}

/* The same with agent 6 of agent 5's priority, and without agent 1 when the ring is closed. */
static void equal_ring(void)
{
	ring_start();
	must(chg_pri(AGENT6, 8), E_OK);
	must(rel_wai(AGENT1), E_OK);
	must(marks(), 1);
	check_that(pri_of(AGENT5) == pri_of(AGENT6), "[MTX-6] equals that wait for each other have the same priority");
}

static void ring_of_equals(void)
{
	equal_ring();
	must(ter_tsk(AGENT5), E_OK);
	check(marks(), 6, "[MTX-12] one of two equals is ended: the other gets its mutex");
	check(pri_of(AGENT6), 8, "[MTX-9] and has its own priority");
	end();
	equal_ring();
	must(rel_wai(AGENT5), E_OK);
	check(marks(), 5, "[MTX-9] one of two equals is released");
	check(pri_of(AGENT6) * 10 + pri_of(AGENT5), 88, "[MTX-9] both have their own priorities");
	must(wup_tsk(AGENT5), E_OK);
	check(marks(), 6, "[MTX-12] the other gets its mutex when it ends");
	check(ploc_mtx(TWO), E_TMOUT, "[MTX-12] and keeps its own");
	end();
	check(ploc_mtx(TWO), E_OK, "[MTX-12] until its end");
	must(unl_mtx(TWO), E_OK);
}

static void ring(void)
{
	ring_start();
	check(pri_of(AGENT6) * 10 + pri_of(AGENT5), 55, "[MTX-6] two tasks that wait for each other have the priority of the third");
	must(chg_pri(AGENT1, 4), E_OK);
	check(pri_of(AGENT6) * 10 + pri_of(AGENT5), 44, "[MTX-6] and follow it");
	must(rel_wai(AGENT1), E_OK);
	must(rel_wai(AGENT6), E_OK);
	check(marks(), 16, "[MTX-9] the third and one of the two are released");
	check(pri_of(AGENT6) * 10 + pri_of(AGENT5), 88, "[MTX-9] they have the priorities of their own again");
	must(wup_tsk(AGENT6), E_OK);
	check(marks(), 5, "[MTX-12] the other gets its mutex");
	end();

	ring_start();
	must(ter_tsk(AGENT5), E_OK);
	check(marks(), 1, "[MTX-12] one of the two is ended: who waited first for its mutex, by priority, has it");
	check(pri_of(AGENT6), 9, "[MTX-9] the other has its own priority again");
	must(wup_tsk(AGENT1), E_OK);
	check(marks(), 6, "[MTX-12] and in the end the mutex");
	end();

	/* Now the two have their priority from each other only. */
	ring_start();
	must(rel_wai(AGENT1), E_OK);
	must(ter_tsk(AGENT6), E_OK);
	check(marks(), 15, "[MTX-12] the other of the two is ended");
	check(pri_of(AGENT5), 8, "[MTX-9] who is left has its own priority again");
	must(wup_tsk(AGENT5), E_OK);
	check(ploc_mtx(ONE), E_OK, "[WAI-8] the task that was ended waits for nothing any more");
	must(unl_mtx(ONE), E_OK);
	end();
}

void main_task(VP_INT exinf)
{
	inherit();
	unlock_order();
	chains();
	suspended();
	chain_ends();
	base_priority();
	place();
	ring();
	ring_of_equals();
	handed_on();
	tap_end();
}
