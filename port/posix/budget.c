/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The budget (option --budget): how much processor time a task may use until
 * the CPU is idle again, interruptions not counted, and how much one run of a
 * handler may take. A task over it gets EXCNO_BUDGET; a handler, or a task that
 * keeps the CPU locked for a second budget, ends the process, since there is
 * no one left to tell. Without the option nothing here reads the clock.
 *
 * budget_due is when the budget would be used up if the host did nothing else;
 * in real time there may be some left then, and a new instant is set.
 *
 * Exactly one of resumed_at and handler_since is set while the kernel runs
 * anything; neither between the two. Both are times of port_clock->used().
 */
#include <stdio.h>

#include "posix.h"

UD budget_due = NS_NEVER;

static UD round_now = 1;		/* counts idle times: a new one renews every budget */
static UD resumed_at = NS_NEVER;	/* since when the running task runs without interruption */
static UD handler_since = NS_NEVER;
static const char *handler_kind;	/* NULL: no handler runs */
static TICK handler_number;

void budget_resume(struct port_context *context)
{
	if (!port_options.budget || resumed_at != NS_NEVER)
		return;
	if (context->used_round != round_now) {
		context->used_round = round_now;
		context->used = 0;
	}
	resumed_at = port_clock->used();
	budget_due = port_clock->now();
	if (context->used < port_options.budget)
		budget_due += port_options.budget - context->used;
	time_program();
}

void budget_pause(struct port_context *context)
{
	if (resumed_at == NS_NEVER)
		return;
	context->used += port_clock->used() - resumed_at;
	resumed_at = NS_NEVER;
	budget_due = NS_NEVER;
}

void budget_renew(void)
{
	round_now++;
	budget_due = NS_NEVER;
	if (port_options.budget)
		time_program();
}

bool budget_exceeded(const struct port_context *context)
{
	return port_options.budget && context->used >= port_options.budget;
}

void budget_handler_begin(const char *kind, TICK number)
{
	handler_kind = kind;
	handler_number = number;
	if (!port_options.budget)
		return;
	handler_since = port_clock->used();
	budget_due = port_clock->now() + port_options.budget;
	time_program();
}

const char *budget_handler_name(void)
{
	static char name[64];

	if (!handler_kind)
		return NULL;
	snprintf(name, sizeof(name), "%s %lu", handler_kind, handler_number);
	return name;
}

static void __attribute__((noreturn)) handler_overrun(UD took)
{
	report_and_exit(EXIT_FAULT, "%s: ran %lu us, over its budget of %lu us (--budget)",
			report_running(), took / 1000U, port_options.budget / 1000U);
}

void budget_handler_end(void)
{
	UD took;

	if (handler_since != NS_NEVER) {
		took = port_clock->used() - handler_since;
		if (took > port_options.budget)
			handler_overrun(took);
	}
	handler_since = NS_NEVER;
	handler_kind = NULL;
	budget_due = NS_NEVER;
	if (port_options.budget)
		time_program();
}

void budget_check_masked(void)
{
	UD used, limit;

	if (!port_options.budget)
		return;
	if (handler_since != NS_NEVER) {
		used = port_clock->used() - handler_since;
		limit = port_options.budget;
		if (used > limit)
			handler_overrun(used);
	} else if (resumed_at != NS_NEVER && kernel.running) {
		used = kernel_context(kernel.running)->used + (port_clock->used() - resumed_at);
		/* It may yet unlock. */
		limit = 2 * port_options.budget;
		if (used > limit)
			report_and_exit(EXIT_FAULT, "%s: ran %lu us, over its budget of %lu us (--budget), "
					"and keeps the CPU locked", report_running(), used / 1000U, port_options.budget / 1000U);
	} else {
		return;
	}
	/* Not budget_due: the code interrupted may be at it. What this overrides is seen to after the unlock. */
	port_cpu.pending = true;
	port_clock->program(port_clock->now() + (limit - used) + 1);
}
