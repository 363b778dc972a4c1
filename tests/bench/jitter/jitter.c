/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The measurement of the thesis' Table 3.1: how evenly a cyclic handler is
 * started. Prints exact histograms, "hist CASE VALUE COUNT" in ns:
 *	interval	between two starts of the handler
 *	handler		timer event to the handler's first instructions
 *	chain		timer event to a task that the handler woke
 *	wakeup		timer event to a task that waited for it (dly_tsk)
 *	critical	timer event to a cyclic handler, while a task is nearly
 *			always inside the kernel (critical.c)
 * then "lost COUNT", periods that passed without a start, and "end LINES".
 *
 * While it measures nothing is printed; afterwards the reporter, the least
 * urgent task, prints with pauses, so that neither a budget nor the log ring is
 * exhausted.
 */
#include "jitter.h"
#include "kernel_id.h"

#define STARTS		(WARM_UP + JITTER_N + 1)
#define DELAYS		(WARM_UP + JITTER_N / 10)
#define PERIOD_NS	(JITTER_MS * 1000000ULL)

/* Open addressing; power of two, more than there can be values. */
#define HIST_SIZE	32768U
_Static_assert(JITTER_N < HIST_SIZE / 2, "JITTER_N is too large for the histogram");

static struct {
	UD value;
	UW count;
} hist[HIST_SIZE];

static UD start[STARTS];
static UW handler_latency[STARTS];
static UW chain_latency[STARTS];
static UW delay_latency[DELAYS];
static volatile UINT started;
static UINT lines;

void jitter_cycle(VP_INT exinf)
{
	UD latency = vget_lat();
	UD now = vget_cyc();

	if (started < STARTS) {
		handler_latency[started] = latency;
		start[started++] = now;
	}
	iwup_tsk(WAITER);
}

void jitter_waiter(VP_INT exinf)
{
	for (UINT i = 0; i < STARTS; i++) {
		slp_tsk();
		chain_latency[i] = vget_lat();
	}
	stp_cyc(CYCLE);
	for (UINT i = 0; i < DELAYS; i++) {
		dly_tsk(MSEC(1));
		delay_latency[i] = vget_lat();
	}
	act_tsk(CALLER);
}

/* Between counts, so that no budget is exhausted */
static void rest(UINT i)
{
	if (i % 1024 == 1023)
		dly_tsk(MSEC(1));
}

static void count(UD value)
{
	UINT i = (UINT)(value * 2654435761U) % HIST_SIZE;

	while (hist[i].count && hist[i].value != value)
		i = (i + 1) % HIST_SIZE;
	hist[i].value = value;
	hist[i].count++;
}

static void print(const char *name)
{
	for (UINT i = 0; i < HIST_SIZE; i++) {
		if (hist[i].count) {
			vlog("hist %s %llu %u", name, (unsigned long long)hist[i].value, hist[i].count);
			lines++;
			dly_tsk(MSEC(2));
		}
		hist[i].count = 0;
	}
}

static void report_latency(const char *name, const UW *latency, UINT n)
{
	for (UINT i = WARM_UP; i < n; i++) {
		count(latency[i]);
		rest(i);
	}
	print(name);
}

void jitter_reporter(VP_INT exinf)
{
	UD elapsed = vcyc_ns(start[STARTS - 1] - start[WARM_UP]);
	UD periods = (elapsed + PERIOD_NS / 2) / PERIOD_NS;

	for (UINT i = WARM_UP; i + 1 < STARTS; i++) {
		count(vcyc_ns(start[i + 1] - start[i]));
		rest(i);
	}
	print("interval");
	report_latency("handler", handler_latency, STARTS);
	report_latency("chain", chain_latency, STARTS);
	report_latency("wakeup", delay_latency, DELAYS);
	report_latency("critical", critical_latency, CRITICALS);
	vlog("lost %llu", (unsigned long long)(periods > JITTER_N ? periods - JITTER_N : 0));
	vlog("end %u", lines);
	dly_tsk(MSEC(50));
	vstp_sys(0);
}
