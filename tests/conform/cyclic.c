/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: cyclic handlers.
 *
 * Items:
 * (A) [CYC-4] TA_STA: first run cycphs after the system's start, 0 too, then every cyctim;
 *     without TA_STA there is none
 * (B) [CYC-1] the handler gets exinf and runs in the handler context
 * (C) [CYC-2] [CYC-3] each run comes cyctim after the one before was due, whatever the
 *     handlers and others do with their time
 * (D) [CYC-3] runs that fell due while the CPU was locked are made up for
 * (E) [CYC-5] sta_cyc: first run after cyctim, whatever cycphs and whenever it ran before
 * (F) [CYC-6] sta_cyc on a started handler starts its period anew
 * (G) [CYC-7] TA_PHS: runs are due cycphs after the system's start and every cyctim
 *     from then; sta_cyc, on a started handler too, and stp_cyc do not move them
 * (H) [CYC-8] stp_cyc: no more runs; on a stopped handler nothing happens
 *
 * Resources: MAIN (20); STARTED (every 10 ms from 3 on), AT_ONCE (10, 0),
 * STOPPED (5, 2), PHASE and PHASE_STARTED (TA_PHS; 10, 4 and 6), SHORT (1).
 *
 * Times of runs are ns from the system's start. A run that is due at t comes
 * from t up to one unit later, as relative times count from the next tick.
 */
#include "agents.h"
#include "cyclic.h"
#include "kernel_id.h"

#define CYCLICS		6
#define RUNS		64
#define MS		1000000LL

struct record {
	UINT	runs;
	long long at[RUNS];
};

static struct record records[CYCLICS];
static volatile UD spin;		/* ns that each run takes */
static volatile bool wrong_context;
static long long start_ns;		/* now_ns of the system's start */

void cyclic_handler(VP_INT exinf)
{
	struct record *record = &records[exinf - 0x1230];
	UINT run = record->runs++;

	if (run < RUNS)
		record->at[run] = now_ns();
	if (!sns_ctx() || get_tid(NULL) != E_CTX)
		wrong_context = true;
	/* Some more, some less. */
	if (spin)
		vspn_tim(spin * (1 + run % 3));
}

static struct record *record_of(ID cycid)
{
	return &records[cycid - STARTED];
}

static UINT runs_of(ID cycid)
{
	return record_of(cycid)->runs;
}

static long long ran_at(ID cycid, UINT run)
{
	return record_of(cycid)->at[run] - start_ns;
}

static void forget(ID cycid)
{
	record_of(cycid)->runs = 0;
}

static long long since_start(void)
{
	return now_ns() - start_ns;
}

/* Is at due, or less than a unit later? */
static bool on_time(long long at, long long due)
{
	return at >= due - LATE_NS / 100 && at <= due + UNIT_NS + LATE_NS;
}

/* How many of the runs so far are not due at first and every period from then. */
static UINT runs_wrong(ID cycid, long long first, long long period)
{
	UINT wrong = 0;

	for (UINT run = 0; run < runs_of(cycid) && run < RUNS; run++)
		wrong += !on_time(ran_at(cycid, run), first + run * period);
	return wrong;
}

/* Wait until the given time after the system's start, at a tick. */
static void wait_until(long long ns)
{
	long long now = since_start();

	must(now < ns, true);
	must(dly_tsk((RELTIM)((ns - now) / UNIT_NS)), E_OK);
}

/* The next whole ten milliseconds, at least 10 away: the phase of the handlers is known there. */
static long long next_ten(void)
{
	return (since_start() / (10 * MS) + 2) * 10 * MS;
}

/* (A) (B) (G) Nobody has called anything so far. */
static void from_the_start(void)
{
	wait_until(48 * MS);
	check(runs_of(STARTED), 5, "[CYC-4] TA_STA, cycphs 3 ms: the runs of the first 48 ms");
	check(runs_wrong(STARTED, 3 * MS, 10 * MS), 0, "[CYC-4] [CYC-2] the first comes after cycphs, then one every cyctim");
	check(runs_of(AT_ONCE), 5, "[CYC-4] TA_STA, cycphs 0: the runs of the first 48 ms");
	check(runs_wrong(AT_ONCE, 0, 10 * MS), 0, "[CYC-4] the first comes at once");
	check(runs_of(STOPPED), 0, "[CYC-4] without TA_STA: none");
	check(runs_of(PHASE), 0, "[CYC-7] TA_PHS without TA_STA: none");
	check(runs_of(PHASE_STARTED), 5, "[CYC-7] TA_PHS and TA_STA: the runs of the first 48 ms");
	check(runs_wrong(PHASE_STARTED, 6 * MS, 10 * MS), 0, "[CYC-7] [CYC-4] the first comes after cycphs, then one every cyctim");
	check(wrong_context, false, "[CYC-1] handlers run in the handler context");
}

/* (H) */
static void stop(void)
{
	UINT runs = runs_of(AT_ONCE), with_phase = runs_of(PHASE_STARTED);

	check(stp_cyc(AT_ONCE), E_OK, "[CYC-8] stp_cyc");
	check(stp_cyc(PHASE_STARTED), E_OK, "[CYC-8] stp_cyc, TA_PHS");
	must(stp_cyc(STARTED), E_OK);
	must(dly_tsk(MSEC(25)), E_OK);
	check(runs_of(AT_ONCE), runs, "[CYC-8] no more runs");
	check(runs_of(PHASE_STARTED), with_phase, "[CYC-8] no more runs, TA_PHS");
	check(stp_cyc(AT_ONCE), E_OK, "[CYC-8] stp_cyc on a stopped handler");
	check(stp_cyc(STOPPED), E_OK, "[CYC-8] stp_cyc on one that was never started");
	check(stp_cyc(PHASE), E_OK, "[CYC-8] stp_cyc on one that was never started, TA_PHS");
	must(dly_tsk(MSEC(12)), E_OK);
	check(runs_of(AT_ONCE) + runs_of(STOPPED) + runs_of(PHASE), runs, "[CYC-8] it starts none");
}

/* (E) */
static void start(void)
{
	long long began;

	wait_tick();
	began = since_start();
	check(sta_cyc(STOPPED), E_OK, "[CYC-5] sta_cyc");
	must(dly_tsk(MSEC(22)), E_OK);
	check(runs_of(STOPPED), 4, "[CYC-5] the runs of 22 ms");
	check(runs_wrong(STOPPED, began + 5 * MS, 5 * MS), 0, "[CYC-5] the first comes after cyctim, not cycphs");
	must(stp_cyc(STOPPED), E_OK);
	forget(STOPPED);
	wait_tick();
	must(dly_tsk(MSEC(2)), E_OK);
	began = since_start();
	must(sta_cyc(STOPPED), E_OK);
	must(dly_tsk(MSEC(11)), E_OK);
	check(runs_of(STOPPED), 2, "[CYC-5] stopped and started again: the runs of 11 ms");
	check(runs_wrong(STOPPED, began + 5 * MS, 5 * MS), 0, "[CYC-5] the first comes after cyctim");
	must(stp_cyc(STOPPED), E_OK);
	forget(STOPPED);

	/* TA_STA does not matter for a later start. */
	forget(STARTED);
	wait_tick();
	began = since_start();
	must(sta_cyc(STARTED), E_OK);
	must(dly_tsk(MSEC(21)), E_OK);
	check(runs_of(STARTED), 2, "[CYC-5] sta_cyc with TA_STA: the runs of 21 ms");
	check(runs_wrong(STARTED, began + 10 * MS, 10 * MS), 0, "[CYC-5] the first comes after cyctim");
	must(stp_cyc(STARTED), E_OK);
}

/* (F) */
static void start_anew(void)
{
	long long began = 0;

	must(sta_cyc(STOPPED), E_OK);
	for (UINT i = 0; i < 4; i++) {
		must(dly_tsk(MSEC(3)), E_OK);
		began = since_start();
		must(sta_cyc(STOPPED), E_OK);
	}
	check(runs_of(STOPPED), 0, "[CYC-6] sta_cyc before each run: there is none");
	must(dly_tsk(MSEC(11)), E_OK);
	check(runs_of(STOPPED), 2, "[CYC-6] then the runs of 11 ms");
	check(runs_wrong(STOPPED, began + 5 * MS, 5 * MS), 0, "[CYC-6] every cyctim from the last sta_cyc on");
	must(stp_cyc(STOPPED), E_OK);
	forget(STOPPED);
}

/* (G) */
static void phase(void)
{
	long long ten;

	forget(PHASE);
	forget(PHASE_STARTED);
	ten = next_ten();
	wait_until(ten + 9 * MS);
	check(sta_cyc(PHASE), E_OK, "[CYC-7] sta_cyc, TA_PHS");
	must(sta_cyc(PHASE_STARTED), E_OK);
	wait_until(ten + 22 * MS);
	check(runs_of(PHASE), 1, "[CYC-7] started at 9 of 10 ms: the runs of 13 ms");
	check(runs_wrong(PHASE, ten + 14 * MS, 10 * MS), 0, "[CYC-7] it comes when it would have without");
	must(sta_cyc(PHASE), E_OK);
	must(sta_cyc(PHASE_STARTED), E_OK);
	wait_until(ten + 45 * MS);
	check(runs_wrong(PHASE, ten + 14 * MS, 10 * MS), 0, "[CYC-7] sta_cyc on a started handler moves no run");
	check(runs_of(PHASE) + runs_of(PHASE_STARTED), 7, "[CYC-7] nor does it add one");
	must(stp_cyc(PHASE), E_OK);
	wait_until(ten + 57 * MS);
	must(sta_cyc(PHASE), E_OK);
	wait_until(ten + 68 * MS);
	check(runs_of(PHASE), 5, "[CYC-7] stopped for one run and started again: one run is left out");
	check_that(on_time(ran_at(PHASE, 4), ten + 64 * MS), "[CYC-7] the next comes when it would have without");
	check(runs_wrong(PHASE_STARTED, ten + 16 * MS, 10 * MS), 0, "[CYC-7] another one, with TA_STA, has its own phase");
	must(stp_cyc(PHASE), E_OK);
	must(stp_cyc(PHASE_STARTED), E_OK);
}

/* (C) Handlers take up to 0.6 of their millisecond, MAIN the rest, with the CPU locked now and then. */
static void no_drift(void)
{
	long long began;

	forget(SHORT);
	spin = 200000;
	wait_tick();
	began = since_start();
	must(sta_cyc(SHORT), E_OK);
	while (runs_of(SHORT) < 10)
		vspn_tim(50000);
	while (runs_of(SHORT) < 30) {
		must(loc_cpu(), E_OK);
		vspn_tim(300000);
		must(unl_cpu(), E_OK);
		must(dly_tsk(MSEC(1)), E_OK);
	}
	must(stp_cyc(SHORT), E_OK);
	spin = 0;
	for (UINT run = 0; run < 10; run++)
		must(on_time(ran_at(SHORT, run), began + (run + 1) * MS), true);
	check_between(ran_at(SHORT, 29) - ran_at(SHORT, 0), 29 * MS - 700000 - LATE_NS, 29 * MS + 700000 + LATE_NS,
		      "[CYC-3] lateness does not add up: 29 periods after the first run");
	check_between(ran_at(SHORT, 9) - ran_at(SHORT, 0), 9 * MS - LATE_NS, 9 * MS + LATE_NS, "[CYC-3] [CYC-2] 9 periods after the first run");
}

/* (D) */
static void made_up(void)
{
	long long began;
	UINT runs;

	forget(STOPPED);
	wait_tick();
	began = since_start();
	must(sta_cyc(STOPPED), E_OK);
	must(loc_cpu(), E_OK);
	vspn_tim(12500000);
	must(unl_cpu(), E_OK);
	runs = runs_of(STOPPED);
	check(runs, 2, "[CYC-3] the CPU was locked for 2 and a half periods: the runs, when it is unlocked");
	wait_until(began + 22 * MS);
	check(runs_of(STOPPED), 4, "[CYC-3] and of the next two periods");
	check_that(on_time(ran_at(STOPPED, 2), began + 15 * MS) && on_time(ran_at(STOPPED, 3), began + 20 * MS),
		   "[CYC-3] which come when they would have without");
	must(stp_cyc(STOPPED), E_OK);
}

void main_task(VP_INT exinf)
{
	start_ns = now_ns() - (long long)ticks() * UNIT_NS;
	wait_tick();
	start_ns = now_ns() - (long long)ticks() * UNIT_NS;
	from_the_start();
	stop();
	start();
	start_anew();
	phase();
	no_drift();
	made_up();
	tap_end();
}
