/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel benchmark: what service calls cost, in instructions (bench.h).
 * Prints `bench CASE VALUE` for each case. A value is the largest of ROUNDS
 * without the cost of reading the counter: from the first instruction that
 * passes the arguments to the call's return, or to the return, from its own
 * call, of the task that the call leads to.
 *
 * No time event comes while anything but the cyclic handler is measured.
 */
#include "bench.h"
#include "kernel_id.h"

#define ROUNDS		100
#define CYCLES		300

/* Alarms that only run: between 1000 s and 2000 s from now. */
#define ALARM_FROM	MSEC(1000000U)
#define ALARM_SPREAD	MSEC(1000000U)

static UD overhead;			/* of two looks at the counter */
static UD largest;
static UW random_state = 2463534242U;

static void begin(void)
{
	largest = 0;
}

static void sample(UD cost)
{
	if (cost > largest)
		largest = cost;
}

static void report(const char *name)
{
	vlog("bench %s %llu", name, (unsigned long long)(largest - overhead));
}

static void report_n(const char *name, UINT n)
{
	vlog("bench %s/%u %llu", name, n, (unsigned long long)(largest - overhead));
}

/* The cost of call, which undo undoes after each round. */
#define MEASURE(call, undo)						\
	do {								\
		begin();						\
		for (UINT round = 0; round < ROUNDS; round++) {		\
			UD before = cycles();				\
			UD after;					\
									\
			call;						\
			after = cycles();				\
			sample(after - before);				\
			undo;						\
		}							\
	} while (0)

/* The cost from call to where arrived is stored. */
#define MEASURE_ARRIVAL(call)						\
	do {								\
		begin();						\
		for (UINT round = 0; round < ROUNDS; round++) {		\
			UD before = cycles();				\
									\
			call;						\
			sample(arrived - before);			\
		}							\
	} while (0)

static UW any(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

static void measure_overhead(void)
{
	overhead = ~(UD)0;
	for (UINT round = 0; round < ROUNDS; round++) {
		UD before = cycles();
		UD after = cycles();

		if (after - before < overhead)
			overhead = after - before;
	}
}

static void measure_plain_calls(void)
{
	VP_INT data;
	VP block;

	MEASURE(sig_sem(COUNT_SEM), pol_sem(COUNT_SEM));
	report("sig_sem");
	sig_sem(COUNT_SEM);
	MEASURE(wai_sem(COUNT_SEM), sig_sem(COUNT_SEM));
	report("wai_sem");
	MEASURE(pol_sem(COUNT_SEM), sig_sem(COUNT_SEM));
	report("pol_sem");
	MEASURE(snd_dtq(COUNT_DTQ, 1), rcv_dtq(COUNT_DTQ, &data));
	report("snd_dtq");
	snd_dtq(COUNT_DTQ, 1);
	MEASURE(rcv_dtq(COUNT_DTQ, &data), snd_dtq(COUNT_DTQ, 1));
	report("rcv_dtq");
	MEASURE(loc_mtx(PLAIN_MTX), unl_mtx(PLAIN_MTX));
	report("loc_mtx");
	loc_mtx(PLAIN_MTX);
	MEASURE(unl_mtx(PLAIN_MTX), loc_mtx(PLAIN_MTX));
	report("unl_mtx");
	MEASURE(loc_mtx(INHERIT_MTX), unl_mtx(INHERIT_MTX));
	report("loc_mtx-inherit");
	loc_mtx(INHERIT_MTX);
	MEASURE(unl_mtx(INHERIT_MTX), loc_mtx(INHERIT_MTX));
	report("unl_mtx-inherit");
	unl_mtx(INHERIT_MTX);
	MEASURE(get_mpf(COUNT_MPF, &block), rel_mpf(COUNT_MPF, block));
	report("get_mpf");
	get_mpf(COUNT_MPF, &block);
	MEASURE(rel_mpf(COUNT_MPF, block), get_mpf(COUNT_MPF, &block));
	report("rel_mpf");
	MEASURE((loc_cpu(), unl_cpu()), (void)0);
	report("loc_cpu+unl_cpu");
	MEASURE((dis_dsp(), ena_dsp()), (void)0);
	report("dis_dsp+ena_dsp");
}

static void measure_handoffs(void)
{
	act_tsk(SEM_TASK);
	MEASURE_ARRIVAL(sig_sem(HANDOFF_SEM));
	report("sem-handoff");
	act_tsk(DTQ_TASK);
	MEASURE_ARRIVAL(snd_dtq(HANDOFF_DTQ, 1));
	report("dtq-handoff");
	act_tsk(PEER_TASK);
	MEASURE_ARRIVAL(rot_rdq(PRI_BENCH));
	report("task-switch");
	ter_tsk(PEER_TASK);
	MEASURE_ARRIVAL(vras_int(1));
	report("interrupt-handler");
}

/* The hand-off does not depend on how many tasks there are. */
static void measure_handoff_among(UINT n)
{
	other_mode = OTHER_READY;
	for (ID other = OTHER_000; other < OTHER_000 + (ID)n; other++)
		act_tsk(other);
	MEASURE_ARRIVAL(sig_sem(HANDOFF_SEM));
	report_n("sem-handoff", n);
	for (ID other = OTHER_000; other < OTHER_000 + (ID)n; other++)
		ter_tsk(other);
}

static void measure_activation(void)
{
	MEASURE(act_tsk(LOW_TASK), ter_tsk(LOW_TASK));
	report("act_tsk");
	MEASURE_ARRIVAL(act_tsk(HIGH_TASK));
	report("act_tsk-start");
	begin();
	for (UINT round = 0; round < ROUNDS; round++) {
		act_tsk(HIGH_TASK);
		sample(cycles() - arrived);
	}
	report("ext_tsk");
}

/* All waiters are released, none is more urgent than the caller. */
static void measure_flag(UINT n)
{
	other_mode = OTHER_WAITS_FLAG;
	for (ID other = OTHER_000; other < OTHER_000 + (ID)n; other++)
		act_tsk(other);
	dly_tsk(MSEC(10));
	MEASURE(set_flg(OTHERS_FLG, 1), clr_flg(OTHERS_FLG, 0); dly_tsk(MSEC(10)));
	report_n("set_flg", n);
	for (ID other = OTHER_000; other < OTHER_000 + (ID)n; other++)
		ter_tsk(other);
}

/* Before, between and after the alarms that run. */
static RELTIM any_time(void)
{
	return ALARM_FROM / 2 + any() % (2 * ALARM_SPREAD);
}

/* One more alarm among n. */
static void measure_timer(UINT n)
{
	RELTIM due = any_time();

	for (UINT i = 0; i < n; i++)
		sta_alm(ALARM_0000 + (ID)i, ALARM_FROM + any() % ALARM_SPREAD);
	MEASURE(sta_alm(EXTRA_ALM, due), stp_alm(EXTRA_ALM); due = any_time());
	report_n("timer-start", n);
	sta_alm(EXTRA_ALM, due);
	MEASURE(stp_alm(EXTRA_ALM), sta_alm(EXTRA_ALM, any_time()));
	report_n("timer-stop", n);
	stp_alm(EXTRA_ALM);
	for (UINT i = 0; i < n; i++)
		stp_alm(ALARM_0000 + (ID)i);
}

/*
 * The interrupt of a cyclic handler meets a task that looks at the counter
 * every three instructions: the shortest way seen begins right behind a look.
 */
static void measure_cycle(void)
{
	act_tsk(WOKEN_TASK);
	sta_cyc(CYCLE);
	while (cycles_seen < CYCLES)
		__asm__ volatile("rdtsc; movl %%eax, %0" : "=m"(spun) :: "eax", "edx");
	stp_cyc(CYCLE);
	vlog("bench cyclic-handler %u", handler_way);
	vlog("bench cyclic-task %u", task_way);
}

void bench_task(VP_INT exinf)
{
	measure_overhead();
	measure_plain_calls();
	measure_handoffs();
	for (UINT n = 1; n <= OTHERS; n *= 10)
		measure_handoff_among(n);
	measure_activation();
	for (UINT n = 1; n <= 100; n *= 10)
		measure_flag(n);
	measure_timer(0);
	for (UINT n = 10; n <= ALARMS; n *= 10)
		measure_timer(n);
	measure_cycle();
	vstp_sys(0);
}
