/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Six tasks without a will of their own, for programs about tasks that wait:
 * MAIN gives one a function to run and looks at what became of it. A program's
 * .cfg includes "agents.cfg" after "tap.cfg" and defines main_task.
 *
 * MAIN has the lowest priority (20), so that an agent that can run has run
 * when a call of MAIN returns. Agents 1..6 have the priorities 5 6 7 6 8 9 at
 * each start.
 */
#pragma once

#include "tap.h"

#define AGENTS		6
#define AGENT(n)	((ID)(AGENT1 + (n) - 1))	/* agent n as a task */
#define MAIN_PRI	20

#define PENDING		1		/* agent_result: not yet */

/* The time unit in ns; how many units an event may come after its tick without being in the wrong. */
#ifdef UNITRON_UNIT_US
#define UNIT_NS		1000LL
#define LATE		300
#else
#define UNIT_NS		1000000LL
#define LATE		0
#endif
#define LATE_NS		300000

/*
 * Start agent n, which is dormant: it calls work(argument), keeps what that
 * returns as its result, passes mark n and ends.
 */
void	agent_start(UINT n, ER (*work)(VP_INT argument), VP_INT argument);
/* What work returned, or PENDING. */
ER	agent_result(UINT n);
/* Time units from the start of the work to its result. */
long long agent_waited(UINT n);
/* For the work of agent n: keep this result and pass the mark now, not at the end. */
void	agent_report(UINT n, ER result);
/* End all agents that are not dormant. */
void	agents_end(void);

/*
 * Marks are digits, kept in the order in which contexts pass them: any
 * context. marks() is the number that they form, and forgets them.
 */
void	mark(UINT digit);
long long marks(void);

/* Call call(argument) in a handler; returns its result when the handler and whom it made ready have run. */
ER	in_handler(ER (*call)(VP_INT argument), VP_INT argument);

/* System time; ns that have passed since the first call of now_ns, any context. */
SYSTIM	ticks(void);
long long now_ns(void);
/* Wait until a tick has just come. */
void	wait_tick(void);

/* What agents.cfg names */
void	main_task(VP_INT exinf);
void	agent_task(VP_INT exinf);
