/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: waiting tasks, the same for every kind of object: semaphore, event
 * flag, sending to and receiving from a data queue, mailbox, memory pool,
 * mutex; for each attribute that decides on the order.
 *
 * Items, for each queue:
 * (A) [WAI-1] [WAI-2] [SEM-2] [FLG-2] [DTQ-2] [DTQ-3] [MBX-2] [MPF-2] [MTX-2]
 *     order of arrival, or of priority with equals in order of arrival; each
 *     service releases one task, which gets E_OK
 * (B) [WAI-3] [MTX-2] chg_pri moves a waiting task behind its new equals, also if the
 *     priority is the old one; not in order of arrival
 * (C) [WAI-4] time-outs of the first, a middle and the last task: E_TMOUT, not
 *     before the time, the others keep their places
 * (D) [WAI-4] a time-out that was not needed does nothing later
 * (E) [SYN-9] [SYN-10] [WAI-7] rel_wai of the first, a middle and the last task,
 *     which wait without limit: E_RLWAI, the others keep their places
 * (F) [WAI-8] [TSK-15] ter_tsk of the first, a middle and the last task: the others keep
 *     their places; a time-out does not hit the task's next wait
 * (G) [WAI-5] a suspended task keeps its place, is served, and goes on with
 *     E_OK when it is resumed; with E_TMOUT and E_RLWAI likewise; resumed
 *     before that it waits on
 * (H) [WAI-3] [WAI-5] chg_pri moves a suspended waiting task
 * (I) [WAI-6] TMO_POL and the polling call give E_TMOUT at once
 *
 * Resources: MAIN (20) leads and serves; agents 1..5 (5 6 7 6 8) wait; agent 6
 * (9) has the mutexes at first; the objects of waitqueue.cfg.
 *
 * Sequence: for each queue (A) to (I). Marks: n for agent n when its wait has
 * ended, 9 when MAIN goes on after a step. A mutex is kept by who got it until
 * MAIN has it handed on; whatever else is served is used up.
 */
#include "agents.h"
#include "kernel_id.h"

struct kind {
	const char *name;
	const char *tag;		/* the requirement about its order */
	ER	(*wait)(ID id, TMO tmout);
	ER	(*poll)(ID id);
	ER	(*serve)(ID id);
};

struct queue {
	const struct kind *kind;
	const char *attribute;
	ID	id;
	bool	by_priority;
};

struct wait {
	TMO	tmout;
	bool	sleep_after;
};

static const struct queue *queue;	/* the one under test */
static struct wait waits[AGENTS + 1];
static UINT holder;			/* agent that has the mutex */

/* ---- the kinds ---------------------------------------------------------- */

static ER flg_wait(ID id, TMO tmout)
{
	FLGPTN pattern;

	return twai_flg(id, 1, TWF_ORW, &pattern, tmout);
}

static ER flg_poll(ID id)
{
	FLGPTN pattern;

	return pol_flg(id, 1, TWF_ORW, &pattern);
}

static ER flg_serve(ID id)
{
	return set_flg(id, 1);
}

static ER send_wait(ID id, TMO tmout)
{
	return tsnd_dtq(id, 0, tmout);
}

static ER send_poll(ID id)
{
	return psnd_dtq(id, 0);
}

static ER send_serve(ID id)
{
	VP_INT data;

	return prcv_dtq(id, &data);
}

static ER receive_wait(ID id, TMO tmout)
{
	VP_INT data;

	return trcv_dtq(id, &data, tmout);
}

static ER receive_poll(ID id)
{
	VP_INT data;

	return prcv_dtq(id, &data);
}

static ER receive_serve(ID id)
{
	return psnd_dtq(id, 0);
}

static ER mbx_wait(ID id, TMO tmout)
{
	T_MSG *message;

	return trcv_mbx(id, &message, tmout);
}

static ER mbx_poll(ID id)
{
	T_MSG *message;

	return prcv_mbx(id, &message);
}

static ER mbx_serve(ID id)
{
	static T_MSG message;

	return snd_mbx(id, &message);
}

static VP blocks[2];			/* the only block of MPF_FIFO, of MPF_PRI */

static ER mpf_wait(ID id, TMO tmout)
{
	VP block;

	return tget_mpf(id, &block, tmout);
}

static ER mpf_poll(ID id)
{
	VP block;

	return pget_mpf(id, &block);
}

static ER mpf_serve(ID id)
{
	return rel_mpf(id, blocks[id == MPF_PRI]);
}

static ER mtx_serve(ID id)
{
	return wup_tsk(AGENT(holder));
}

static const struct kind semaphore = { "semaphore", "[SEM-2]", twai_sem, pol_sem, sig_sem };
static const struct kind eventflag = { "event flag", "[FLG-2]", flg_wait, flg_poll, flg_serve };
static const struct kind sending = { "data queue, sending", "[DTQ-2]", send_wait, send_poll, send_serve };
static const struct kind receiving = { "data queue, receiving", "[DTQ-3]", receive_wait, receive_poll, receive_serve };
static const struct kind mailbox = { "mailbox", "[MBX-2]", mbx_wait, mbx_poll, mbx_serve };
static const struct kind pool = { "memory pool", "[MPF-2]", mpf_wait, mpf_poll, mpf_serve };
static const struct kind mutex = { "mutex", "[MTX-2]", tloc_mtx, ploc_mtx, mtx_serve };

static const struct queue queues[] = {
	{ &semaphore, "TA_TFIFO", SEM_FIFO, false },
	{ &semaphore, "TA_TPRI", SEM_PRI, true },
	{ &eventflag, "TA_TFIFO", FLG_FIFO, false },
	{ &eventflag, "TA_TPRI", FLG_PRI, true },
	{ &sending, "TA_TFIFO", SEND_FIFO, false },
	{ &sending, "TA_TPRI", SEND_PRI, true },
	{ &receiving, "TA_TFIFO", RECEIVE_FIFO, false },
	{ &receiving, "TA_TPRI", RECEIVE_PRI, false },
	{ &mailbox, "TA_TFIFO", MBX_FIFO, false },
	{ &mailbox, "TA_TPRI", MBX_PRI, true },
	{ &pool, "TA_TFIFO", MPF_FIFO, false },
	{ &pool, "TA_TPRI", MPF_PRI, true },
	{ &mutex, "TA_TFIFO", MTX_FIFO, false },
	{ &mutex, "TA_TPRI", MTX_PRI, true },
	{ &mutex, "TA_INHERIT", MTX_INHERIT, true },
	{ &mutex, "TA_CEILING", MTX_CEILING, true },
};

/* ---- steps -------------------------------------------------------------- */

static char texts[48 * 1024];
static UINT texts_used;

static void text_append(const char *part)
{
	while (*part)
		texts[texts_used++] = *part++;
}

/* The text of a point, with the queue's name for @, its tag for #. The harness keeps the pointer. */
static const char *text(const char *pattern)
{
	const char *start = &texts[texts_used];

	for (; *pattern; pattern++) {
		if (*pattern == '@') {
			text_append(queue->kind->name);
			text_append(" ");
			text_append(queue->attribute);
		} else if (*pattern == '#') {
			text_append(queue->kind->tag);
		} else {
			texts[texts_used++] = *pattern;
		}
	}
	texts[texts_used++] = '\0';
	must(texts_used + 200 < sizeof(texts), true);
	return start;
}

static ER wait_work(VP_INT n)
{
	ER result = queue->kind->wait(queue->id, waits[n].tmout);

	agent_report((UINT)n, result);
	if (result == E_OK && queue->kind == &mutex) {
		holder = (UINT)n;
		slp_tsk();
		unl_mtx(queue->id);
	} else if (waits[n].sleep_after) {
		agent_report((UINT)n, slp_tsk());
	}
	return result;
}

static void start(UINT n, TMO tmout)
{
	waits[n] = (struct wait){ .tmout = tmout };
	agent_start(n, wait_work, (VP_INT)n);
}

/* Agents 1 2 4 3 5 wait, which is the order of priority, too. */
static void start_five(TMO first, TMO middle, TMO last)
{
	start(1, first);
	start(2, TMO_FEVR);
	start(4, middle);
	start(3, TMO_FEVR);
	start(5, last);
}

static void serve(UINT times)
{
	while (times--) {
		must(queue->kind->serve(queue->id), E_OK);
		mark(9);
	}
}

static void begin(void)
{
	if (queue->kind == &mutex) {
		start(6, TMO_POL);
		must(agent_result(6), E_OK);
	}
	marks();
}

/* The agents that were served, and nobody else, have E_OK; nothing is left. */
static bool all_ok(void)
{
	return agent_result(1) == E_OK && agent_result(2) == E_OK && agent_result(3) == E_OK && agent_result(4) == E_OK;
}

static void end(void)
{
	ER left = queue->kind->poll(queue->id);

	agents_end();
	must(left, E_TMOUT);
}

/* ---- the items ---------------------------------------------------------- */

/* (A) */
static void order(void)
{
	begin();
	start(3, TMO_FEVR);
	start(1, TMO_FEVR);
	start(2, TMO_FEVR);
	start(4, TMO_FEVR);
	check(marks(), 0, text("[WAI-7] @: tasks wait"));
	serve(4);
	if (queue->by_priority)
		check(marks(), 19294939, text("[WAI-2] # @: served in the order of priority, one by one"));
	else
		check(marks(), 39192949, text("[WAI-1] # @: served in the order of arrival, one by one"));
	check_that(all_ok(), text("[WAI-1] @: tasks that are served get E_OK"));
	end();
}

/* (B) */
static void change(void)
{
	begin();
	start(1, TMO_FEVR);
	start(2, TMO_FEVR);
	start(4, TMO_FEVR);
	start(3, TMO_FEVR);
	must(chg_pri(AGENT2, 6), E_OK);
	must(chg_pri(AGENT1, 6), E_OK);
	must(chg_pri(AGENT3, 4), E_OK);
	serve(4);
	check(marks(), queue->by_priority ? 39492919 : 19294939, text("[WAI-3] # @: the order after chg_pri"));
	end();
}

/* (C) */
static void timeouts(void)
{
	begin();
	wait_tick();
	start_five(MSEC(3), MSEC(5), MSEC(4));
	must(dly_tsk(MSEC(8)), E_OK);
	check(marks(), 154, text("[WAI-4] @: time-outs of the first, last and middle task"));
	check_that(agent_result(1) == E_TMOUT && agent_result(4) == E_TMOUT && agent_result(5) == E_TMOUT,
		   text("[WAI-4] @: they give E_TMOUT"));
	check_between(agent_waited(1), MSEC(3) + 1, MSEC(3) + 1 + LATE, text("[WAI-4] @: 3 ms pass"));
	check_between(agent_waited(4), MSEC(5) + 1, MSEC(5) + 1 + LATE, text("[WAI-4] @: 5 ms pass"));
	serve(2);
	check(marks(), 2939, text("[WAI-4] @: the others keep their places"));
	end();
}

/* (D) */
static void spare_timeout(void)
{
	begin();
	start(1, MSEC(2));
	waits[1].sleep_after = true;
	serve(1);
	must(marks(), 19);
	must(dly_tsk(MSEC(4)), E_OK);
	check(marks(), 0, text("[WAI-4] @: a time-out that was not needed ends no later wait"));
	must(chg_pri(AGENT1, 5), E_OK);
	start(2, TMO_FEVR);
	serve(1);
	check(marks(), 29, text("[WAI-4] @: nor is a task that was served still in the queue"));
	end();
}

static ER release_in_handler(VP_INT tskid)
{
	return irel_wai((ID)tskid);
}

/* (E) */
static void release(void)
{
	begin();
	start_five(TMO_FEVR, MSEC(5), TMO_FEVR);
	must(dly_tsk(MSEC(1)), E_OK);
	must(rel_wai(AGENT4), E_OK);
	must(in_handler(release_in_handler, AGENT1), E_OK);
	must(rel_wai(AGENT5), E_OK);
	check(marks(), 415, text("[SYN-9] @: rel_wai of a middle, the first and the last task"));
	check_that(agent_result(4) == E_RLWAI && agent_result(1) == E_RLWAI && agent_result(5) == E_RLWAI,
		   text("[SYN-9] @: they get E_RLWAI"));
	check(rel_wai(AGENT4), E_OBJ, text("[SYN-10] @: no second time"));
	serve(2);
	check(marks(), 2939, text("[SYN-9] [WAI-7] @: the others keep their places"));
	end();
}

static ER sleep_work(VP_INT n)
{
	return slp_tsk();
}

/* (F) */
static void terminate(void)
{
	begin();
	start_five(MSEC(3), TMO_FEVR, MSEC(3));
	must(ter_tsk(AGENT4), E_OK);
	must(ter_tsk(AGENT1), E_OK);
	must(ter_tsk(AGENT5), E_OK);
	agent_start(1, sleep_work, 0);
	must(dly_tsk(MSEC(5)), E_OK);
	check(marks(), 0, text("[WAI-8] @: the time-out of a task that was ended does not end its next wait"));
	serve(2);
	check(marks(), 2939, text("[WAI-8] [TSK-15] @: a middle, the first and the last task leave the queue when they are ended"));
	must(wup_tsk(AGENT1), E_OK);
	end();
}

/* (G) */
static void suspended(void)
{
	begin();
	start(1, TMO_FEVR);
	must(sus_tsk(AGENT1), E_OK);
	start(2, TMO_FEVR);
	must(rsm_tsk(AGENT1), E_OK);
	must(sus_tsk(AGENT1), E_OK);
	check(marks(), 0, text("[WAI-5] @: a task that is suspended and resumed waits on"));
	serve(1);
	must(rel_wai(AGENT1), E_OBJ);
	must(rsm_tsk(AGENT1), E_OK);
	serve(1);
	check(marks(), 9129, text("[WAI-5] @: a suspended task keeps its place, is served, and goes on when resumed"));
	check(agent_result(1), E_OK, text("[WAI-5] @: it gets E_OK"));
	end();
}

static void suspended_end(void)
{
	begin();
	start(1, MSEC(2));
	start(2, TMO_FEVR);
	start(3, TMO_FEVR);
	must(sus_tsk(AGENT1), E_OK);
	must(sus_tsk(AGENT2), E_OK);
	must(sus_tsk(AGENT3), E_OK);
	must(dly_tsk(MSEC(4)), E_OK);
	must(rel_wai(AGENT2), E_OK);
	check(rel_wai(AGENT1), E_OBJ, text("[WAI-5] @: after its time-out a suspended task no longer waits"));
	check(rel_wai(AGENT2), E_OBJ, text("[SYN-9] @: after rel_wai a suspended task no longer waits"));
	must(ter_tsk(AGENT3), E_OK);
	start(3, TMO_POL);
	check(marks(), 3, text("[SYN-9] [WAI-8] @: the suspension stays after time-out and rel_wai, and goes by ter_tsk"));
	must(rsm_tsk(AGENT2), E_OK);
	must(rsm_tsk(AGENT1), E_OK);
	check_that(marks() == 21 && agent_result(1) == E_TMOUT && agent_result(2) == E_RLWAI,
		   text("[WAI-5] @: resumed, the tasks get E_TMOUT and E_RLWAI"));
	end();
}

/* (H) */
static void suspended_change(void)
{
	begin();
	start(1, TMO_FEVR);
	start(2, TMO_FEVR);
	must(sus_tsk(AGENT2), E_OK);
	must(chg_pri(AGENT2, 4), E_OK);
	serve(1);
	must(rsm_tsk(AGENT2), E_OK);
	mark(9);
	serve(1);
	check(marks(), queue->by_priority ? 92919 : 19929, text("[WAI-3] [WAI-5] @: the order after chg_pri of a suspended task"));
	end();
}

static ER poll_work(VP_INT n)
{
	return queue->kind->poll(queue->id);
}

/* (I) */
static void poll(void)
{
	begin();
	start(1, TMO_POL);
	check_that(marks() == 1 && agent_result(1) == E_TMOUT, text("[WAI-6] @: TMO_POL gives E_TMOUT at once"));
	agent_start(1, poll_work, 0);
	check_that(marks() == 1 && agent_result(1) == E_TMOUT, text("[WAI-6] @: the polling call gives E_TMOUT at once"));
	end();
}

void main_task(VP_INT exinf)
{
	must(pget_mpf(MPF_FIFO, &blocks[0]), E_OK);
	must(pget_mpf(MPF_PRI, &blocks[1]), E_OK);
	for (UINT i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
		queue = &queues[i];
		order();
		change();
		timeouts();
		spare_timeout();
		release();
		terminate();
		suspended();
		suspended_end();
		suspended_change();
		poll();
	}
	tap_end();
}
