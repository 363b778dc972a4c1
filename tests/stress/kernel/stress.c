/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Twelve tasks, their task exceptions and the handlers make random service
 * calls: they start and end each other, wait, time out, lock mutexes in rings,
 * suspend and release each other. After each call the kernel's invariants are
 * checked from its own data (invariants.c). A watching task of the highest
 * priority keeps the others from all ending up suspended or asleep, and ends the
 * program after LENGTH ms. In simulated time a seed always gives the
 * same run.
 */
#include "stress.h"
#include "kernel_id.h"

static UD state = 88172645463325252u ^ (UD)SEED * 0x9e3779b97f4a7c15u;
static UD calls, checks;
static UD results[64];			/* by error code */

UW any(UW n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (UW)(state >> 33) % n;
}

void count_result(ER er)
{
	calls++;
	if (er < 0 && er > -64)
		results[-er]++;
}

/* In a handler, or a task: then with the CPU locked. */
void check(void)
{
	ID id = 0;
	const char *broken = invariant_broken(&id);

	checks++;
	if (!broken)
		return;
	vlog("not ok 1 - after %llu calls, seed %d: %s: object %d", (unsigned long long)calls, SEED, broken, id);
	vlog("1..1");
	vstp_sys(1);
}

static void call_and_check(void)
{
	count_result(call_in_task());
	loc_cpu();
	check();
	unl_cpu();
}

void work(VP_INT exinf)
{
	ena_tex();
	for (;;) {
		call_and_check();
		if (!any(200))
			vlog("# %s %d", "worker", (int)exinf);
	}
}

void work_exception(TEXPTN texptn, VP_INT exinf)
{
	if (any(2))
		ena_tex();
	call_and_check();
	if (!any(20))
		ext_tsk();
	if (!any(10))
		loc_cpu();
}

void handle(VP_INT exinf)
{
	check();
	call_in_handler();
	check();
}

/* The source of time in a tick-driven build. */
void tick(void)
{
	isig_tim();
}

/* Nothing may come to rest for good. */
static void stir(void)
{
	ID id;

	for (id = FIRST_WORKER; id < FIRST_WORKER + WORKERS; id++) {
		if (!any(3))
			frsm_tsk(id);
		if (!any(8))
			rel_wai(id);
		if (!any(8))
			act_tsk(id);
	}
}

static bool report(unsigned int number, bool good, const char *what)
{
	vlog("%sok %u - %s", good ? "" : "not ", number, what);
	return good;
}

void watch(VP_INT exinf)
{
	bool good, refused = true;
	UW time;

	for (time = 0; time < MSEC(LENGTH); time += MSEC(10)) {
		dly_tsk(MSEC(10) - 1);
		refused = refused && bad_calls_refused();
		stir();
	}
	vlog("# %llu calls, %llu checks; E_TMOUT %llu, E_RLWAI %llu, E_ILUSE %llu, E_OBJ %llu, E_CTX %llu, E_QOVR %llu",
	     (unsigned long long)calls, (unsigned long long)checks, (unsigned long long)results[-E_TMOUT],
	     (unsigned long long)results[-E_RLWAI], (unsigned long long)results[-E_ILUSE], (unsigned long long)results[-E_OBJ],
	     (unsigned long long)results[-E_CTX], (unsigned long long)results[-E_QOVR]);
	good = report(1, true, "the kernel's invariants held after each call");
	good &= report(2, refused, "calls with bad arguments gave their errors and changed nothing");
	good &= report(3, calls > LENGTH && results[-E_TMOUT] && results[-E_RLWAI] && results[-E_ILUSE] && results[-E_OBJ] &&
		       results[-E_CTX] && results[-E_QOVR], "calls of all outcomes were made");
	vlog("1..3");
	vstp_sys(good ? 0 : 1);
}
