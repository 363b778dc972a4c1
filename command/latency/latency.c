/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How late do a cyclic handler, and the task that it wakes, start? Each start
 * becomes a sample for `unitron latency`, which makes histograms of them: here
 * is no more than what is to be measured.
 *
 * The control task changes run and counts only while no cycle is started; the
 * measuring task, more urgent, has taken all of the old ones by then.
 */
#include "latency.h"
#include "kernel_id.h"

#define BEGUN 4096		/* starts that the task may be behind; a power of 2 */

static struct {
	UD cycles;		/* when the handler started */
	UW latency;		/* how late that was, in ns */
} begun[BEGUN];
static volatile UW started;	/* by the handler */
static UW taken;		/* by the task */
static UW run;

static UW limited(UD ns)
{
	return ns < UINT32_MAX ? (UW)ns : UINT32_MAX;
}

void latency_cycle(VP_INT exinf)
{
	UD latency = vget_lat();
	UD now = vget_cyc();

	begun[started % BEGUN].cycles = now;
	begun[started % BEGUN].latency = limited(latency);
	started++;
	iwup_tsk(MEASURE);
}

void latency_task(VP_INT exinf)
{
	while (slp_tsk() == E_OK) {
		UW until = started;		/* later ones have not woken the task yet */
		UD now = vget_cyc();

		for (; taken != until; taken++) {
			UD start = begun[taken % BEGUN].cycles;
			UW latency = begun[taken % BEGUN].latency;
			struct latency_sample sample = {
				.start = vcyc_ns(start), .run = run, .number = taken,
				.handler = latency, .task = limited(latency + vcyc_ns(now - start)),
			};

			if (started - taken <= BEGUN)
				vput_rng(LATENCY, &sample, 1);
		}
	}
}

void latency_control(VP_INT exinf)
{
	static const struct {
		UW us;
		ID cycle;
	} cycles[] = {
#define CYCLE(us) { us, CYCLE_##us },
		LATENCY_PERIODS(CYCLE)
	};
	VP_INT datum;

	while (rcv_dtq(LATENCY_CONTROL, &datum) == E_OK) {
		ID wanted = 0;

		for (UINT i = 0; i < sizeof(cycles) / sizeof(*cycles); i++) {
			stp_cyc(cycles[i].cycle);
			if (cycles[i].us == (UW)datum)
				wanted = cycles[i].cycle;
		}
		run = (UW)((uint64_t)datum >> 32);
		started = taken = 0;
		if (wanted)
			sta_cyc(wanted);
	}
}
