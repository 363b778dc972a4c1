/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time budgets, given on the command line: budget_us= is what a task may run
 * between two times that the system is idle, handlers' time not counted;
 * hbudget_us= is what the handler context may last. Time is the HPET's; its
 * second comparator sends an NMI when what runs is used up, because handlers
 * and locked tasks have interrupts off. Without budgets no code here runs.
 *
 * The account is who uses time since `since`. All but nmi_enter run with
 * interrupts masked, and an NMI may come at any point of them: it acts only
 * when account and kernel.running agree, and asks again later otherwise.
 */
#include "pc.h"

#define BUDGETS_PER_SECOND	1000000UL	/* the unit of the options */
#define LONGEST_BUDGET		5000000UL	/* what the comparator reaches on a 200 MHz counter */
#define AGAIN_US		5UL		/* when an NMI came at a bad moment */

/* A task that keeps the CPU locked cannot be taken out; past this many budgets the machine stops. */
#define LOCKED_LIMIT		2

bool budget_on;

static UD task_budget;			/* counts; 0: none */
static UD handler_budget;
static UD again;
static struct port_context *volatile account;	/* NULL: idle */
static volatile UD since;
static volatile UD handler_since;
static uint32_t idle_round;		/* times that the system was idle */

UD	nmi_enter(struct fault_frame *frame);

/* A shot that is missed because the counter was faster comes a little later. */
static void watch(UD at)
{
	hpet_watchdog_compare(at);
	while (hpet_counter() >= at) {
		at = hpet_counter() + again;
		hpet_watchdog_compare(at);
	}
}

static void watch_account(UD now)
{
	if (!account || !task_budget)
		return;
	watch(now + (account->used < task_budget ? task_budget - account->used : again));
}

void budget_setup(void)
{
	UD task = option_number("budget_us", 0);
	UD handler = option_number("hbudget_us", 0);
	UD per_us;
	const char *why;

	if (!task && !handler)
		return;
	if (task > LONGEST_BUDGET || handler > LONGEST_BUDGET)
		refuse("budget_us= and hbudget_us= must be 5000000 or less");
	why = hpet_watchdog_setup();
	if (why)
		refuse(why);
	per_us = hpet_per_tick(BUDGETS_PER_SECOND);
	task_budget = (UD)((unsigned __int128)task * per_us >> 32);
	handler_budget = (UD)((unsigned __int128)handler * per_us >> 32);
	again = (UD)((unsigned __int128)AGAIN_US * per_us >> 32);
	idle_context.special = CONTEXT_BUDGET;
	budget_on = true;
}

static void charge(UD now)
{
	if (account)
		account->used += now - since;
	since = now;
}

void budget_switch(struct port_context *next)
{
	UD now = hpet_counter();

	charge(now);
	if (next == &idle_context) {
		account = NULL;
		idle_round++;
		return;
	}
	if (next->used_round != idle_round) {
		next->used_round = idle_round;
		next->used = 0;
	}
	account = next;
	watch_account(now);
}

void budget_forget(struct port_context *context)
{
	context->used = 0;
	if (account == context)
		account = NULL;
}

void budget_handler_begin(void)
{
	UD now = hpet_counter();

	charge(now);
	handler_since = now;
	if (handler_budget)
		watch(now + handler_budget);
}

void budget_handler_end(void)
{
	since = hpet_counter();
	watch_account(since);
}

static void nmi_in_handler(UD now)
{
	if (handler_budget && now - handler_since >= handler_budget)
		fault_stop("the handler is over its time budget (hbudget_us)");
	if (handler_budget)
		watch(handler_since + handler_budget);
}

/* Returns FAULT_TASK if the running task is to be treated as faulting, else FAULT_IGNORE. */
UD nmi_enter(struct fault_frame *frame)
{
	UD now = hpet_counter();
	UD used;

	if (!budget_on)
		fault_stop("an NMI of unknown source");
	if (kernel.in_handler) {
		nmi_in_handler(now);
		return FAULT_IGNORE;
	}
	if (!account || !task_budget)
		return FAULT_IGNORE;
	used = account->used + (now - since);
	if ((void *)account != (void *)kernel.running || used < task_budget) {
		watch(now + again);
		return FAULT_IGNORE;
	}
	if (frame->rflags & RFLAGS_IF) {
		/* A handler that retries grants another budget. */
		account->used = 0;
		since = now;
		return FAULT_TASK;
	}
	if (used >= LOCKED_LIMIT * task_budget)
		fault_stop("over its time budget (budget_us) with the CPU locked");
	watch(now + again);
	return FAULT_IGNORE;
}
