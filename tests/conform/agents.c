/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The agents: see agents.h. Each entry of agents[] is written by MAIN before
 * the agent starts and by the agent then.
 */
#include "agents.h"
#include "kernel_id.h"

struct agent {
	ER	(*work)(VP_INT argument);
	VP_INT	argument;
	SYSTIM	started;
	SYSTIM	ended;
	ER	result;
};

static struct agent agents[AGENTS + 1];
static UD passed;				/* marks: atomic */

static ER (*handler_call)(VP_INT argument);
static VP_INT handler_argument;
static ER handler_result;

void mark(UINT digit)
{
	UD old = __atomic_load_n(&passed, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(&passed, &old, old * 10 + digit, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

long long marks(void)
{
	return (long long)__atomic_exchange_n(&passed, 0, __ATOMIC_RELAXED);
}

SYSTIM ticks(void)
{
	SYSTIM now = 0;

	must(get_tim(&now), E_OK);
	return now;
}

long long now_ns(void)
{
	static UD first;
	UD now = vget_cyc();

	if (!first)
		first = now;
	return (long long)vcyc_ns(now - first);
}

void wait_tick(void)
{
	must(dly_tsk(0), E_OK);
}

void agent_report(UINT n, ER result)
{
	agents[n].ended = ticks();
	agents[n].result = result;
	mark(n);
}

void agent_task(VP_INT exinf)
{
	struct agent *self = &agents[exinf];
	ER result;

	self->started = ticks();
	result = self->work(self->argument);
	if (self->result == PENDING)
		agent_report((UINT)exinf, result);
}

void agent_start(UINT n, ER (*work)(VP_INT argument), VP_INT argument)
{
	agents[n].work = work;
	agents[n].argument = argument;
	agents[n].result = PENDING;
	must(act_tsk(AGENT(n)), E_OK);
	/* A start that is queued would run the new work in the old one's place. */
	must(can_act(AGENT(n)), 0);
}

ER agent_result(UINT n)
{
	return agents[n].result;
}

long long agent_waited(UINT n)
{
	return (long long)(agents[n].ended - agents[n].started);
}

void agents_end(void)
{
	for (UINT n = 1; n <= AGENTS; n++)
		ter_tsk(AGENT(n));
}

static void call_in_handler(void)
{
	handler_result = handler_call(handler_argument);
}

ER in_handler(ER (*call)(VP_INT argument), VP_INT argument)
{
	handler_call = call;
	handler_argument = argument;
	handler_result = PENDING;
	tap_in_handler(call_in_handler);
	return handler_result;
}
