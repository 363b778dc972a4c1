/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The budget (option --budget): how long a task may run until the CPU is idle
 * again, interruptions not counted, and how long one run of a handler may
 * take. A task over it gets EXCNO_BUDGET; a handler, or a task that keeps the
 * CPU locked for a second budget, ends the process, since there is no one left
 * to tell. Without the option nothing here reads the clock.
 *
 * Exactly one of resumed_at and handler_since is set while the kernel runs
 * anything; neither between the two.
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
	resumed_at = port_clock->now();
	budget_due = resumed_at;
	if (context->used < port_options.budget)
		budget_due += port_options.budget - context->used;
	time_program();
}

void budget_pause(struct port_context *context)
{
	if (resumed_at == NS_NEVER)
		return;
	context->used += port_clock->now() - resumed_at;
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
	handler_since = port_clock->now();
	budget_due = handler_since + port_options.budget;
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
		took = port_clock->now() - handler_since;
		if (took > port_options.budget)
			handler_overrun(took);
	}
	handler_since = NS_NEVER;
	budget_due = NS_NEVER;
	handler_kind = NULL;
}

void budget_check_masked(void)
{
	UD now, used;

	if (!port_options.budget)
		return;
	now = port_clock->now();
	if (handler_since != NS_NEVER) {
		if (now - handler_since > port_options.budget)
			handler_overrun(now - handler_since);
	} else if (resumed_at != NS_NEVER && kernel.running) {
		used = kernel_context(kernel.running)->used + (now - resumed_at);
		if (used >= 2 * port_options.budget)
			report_and_exit(EXIT_FAULT, "%s: ran %lu us, over its budget of %lu us (--budget), "
					"and keeps the CPU locked", report_running(), used / 1000U, port_options.budget / 1000U);
		/*
		 * The task may yet unlock. Come back when it has had as much
		 * again; port_cpu and the like are not to be touched here,
		 * since the code interrupted may be at it.
		 */
		port_clock->program(now + 2 * port_options.budget - used);
	}
}
