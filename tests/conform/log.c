/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: the log. A program does not see what it prints: its lines begin
 * with "= ", and log.check looks at what came out.
 *
 * Items:
 * (A) [LOG-1] [LOG-2] [LOG-3] text, conversions, what is none
 * (B) [LOG-4] long lines are cut to VLOG_MAX bytes
 * (C) [LOG-5] lines from every context come out whole and in order
 * (D) [LOG-6] [LOG-7] more lines than fit, without a pause: vlog does not wait, no
 *     line is damaged, and the next that fits counts the lost ones
 * (E) [LOG-8] a task that is ended inside vlog leaves no line; all later lines come out
 *
 * Resources: MAIN (20), agent 1 (5), ALARM, an initialisation routine, a
 * handler for page faults.
 */
#include "agents.h"
#include "kernel_id.h"
#include "log.h"

#define FILL		600		/* more than the log's ring holds */
#define FAULTS		300		/* as well */
#define WILD_ADDRESS	0x1230UL	/* never mapped */
#define DRAIN		MSEC(50)	/* time in which the log is printed */

static UINT faults;

void log_initial(VP_INT exinf)
{
	vlog("= order %d: initialisation routine", 1);
}

void log_alarm(VP_INT exinf)
{
	vlog("= order %d: alarm handler", 6);
}

void log_fault(VP p_excinf)
{
	faults++;
}

static const char *volatile null;
static const char *const odd[] = { "= 30 %q %d", "= 31 %-05", "= 32 50%", "= 15 <%05s> <%-05s> <%03c>" };

/* (A) Numbered lines: log.check has what each must be. */
static void formats(void)
{
	static volatile int zero;

	vlog("= 1 plain text, no conversion: 100 %%");
	vlog("= 2 %d %i %d", 0, -1, INT32_MAX);
	vlog("= 3 %d %ld %lld", INT32_MIN, INT64_MIN, (long long)INT64_MAX);
	vlog("= 4 %u %lu %llu %zu", UINT32_MAX, UINT64_MAX, 12345678901234567890ULL, (SIZE)77);
	vlog("= 5 %x %X %lx %llX", 0xdeadbeefU, 0xdeadbeefU, 0x123456789abcdefUL, 0xfedcba9876543210ULL);
	vlog("= 6 %p %p", (VP)0x1234abcd, (VP)0xffff888000000000);
	vlog("= 7 <%c%c> <%3c> <%-3c>", 'a', 'Z', 'b', 'c');
	vlog("= 8 <%s> <%6s> <%-6s> <%2s> <%s>", "abc", "abc", "abc", "abc", "");
	vlog("= 9 <%s> <%8s>", null, null);
	vlog("= 10 <%5d> <%-5d> <%05d>", 42, 42, 42);
	vlog("= 11 <%5d> <%-5d> <%05d>", -42, -42, -42);
	vlog("= 12 <%3x> <%08lx> <%-9X> <%1u>", 0x12345U, 0xabcdUL, 0xabcU, 12345U);
	vlog("= 13 <%20d> <%-20ld> <%020lld>", 1, 2L, 3LL);
	vlog("= 14 %d%u%x%s%c%%", zero, 1U, 2U, "3", '4');
	vlog(odd[0], 7);
	vlog(odd[1], 7);
	vlog(odd[2], 7);
	/* What C does not define: 0 has no meaning for text. */
	vlog(odd[3], "abc", "abc", 'd');
}

/* (B) */
static void long_lines(void)
{
	static char text[1000];

	for (UINT i = 0; i + 1 < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	text[VLOG_MAX - 5] = '\0';
	vlog("= 40 %s", text);
	text[VLOG_MAX - 5] = 'x';
	vlog("= 41 %s", text);
	vlog("= 42 %300d", 7);
	vlog("= 43 %-300d|", 7);
	vlog("= 44 %s%d", text, 7);
}

static ER log_work(VP_INT n)
{
	vlog("= order %d: task", (int)n);
	return E_OK;
}

static ER log_in_handler(VP_INT n)
{
	vlog("= order %d: interrupt handler", (int)n);
	return E_OK;
}

static ER log_in_locked_handler(VP_INT n)
{
	must(iloc_cpu(), E_OK);
	vlog("= order %d: interrupt handler, CPU locked", (int)n);
	must(iunl_cpu(), E_OK);
	return E_OK;
}

/* (C) */
static void order(void)
{
	vlog("= order %d: MAIN", 2);
	agent_start(1, log_work, 3);
	must(in_handler(log_in_handler, 4), E_OK);
	vlog("= order %d: MAIN", 5);
	must(sta_alm(ALARM, 0), E_OK);
	must(dly_tsk(2), E_OK);
	must(loc_cpu(), E_OK);
	vlog("= order %d: MAIN, CPU locked", 7);
	must(unl_cpu(), E_OK);
	must(dis_dsp(), E_OK);
	vlog("= order %d: MAIN, dispatching disabled", 8);
	must(in_handler(log_in_locked_handler, 9), E_OK);
	must(ena_dsp(), E_OK);
	vlog("= order %d: MAIN", 10);
}

/* (D) */
static void overflow(void)
{
	long long began;

	must(dly_tsk(DRAIN), E_OK);
	must(loc_cpu(), E_OK);
	began = now_ns();
	for (int i = 0; i < FILL; i++)
		vlog("= fill %d %d", i, i);
	check_between(now_ns() - began, 0, 10000000, "[LOG-6] vlog does not wait when the log is full");
	must(unl_cpu(), E_OK);
	must(dly_tsk(4 * DRAIN), E_OK);
	vlog("= fill %d %d", FILL, FILL);
	must(dly_tsk(DRAIN), E_OK);
	vlog("= after");
}

static ER fault_work(VP_INT unused)
{
	vlog("= gone %s", (const char *)WILD_ADDRESS);
	return E_OK;
}

/* (E) */
static void ended(void)
{
	for (int i = 1; i <= FAULTS; i++) {
		agent_start(1, fault_work, 0);
		vlog("= whole %d %d", i, i);
		if (i % 50 == 0)
			must(dly_tsk(DRAIN), E_OK);
	}
	check(faults, FAULTS, "[LOG-8] tasks were ended inside vlog");
	check(agent_result(1), PENDING, "[LOG-8] none of them went on");
}

void main_task(VP_INT exinf)
{
	tap_hold();
	order();
	formats();
	long_lines();
	overflow();
	ended();
	must(dly_tsk(DRAIN), E_OK);
	tap_end();
}
