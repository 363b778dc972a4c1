/* SPDX-License-Identifier: BSD-2-Clause */
/* The real-time half of bench-exchange; process.c is the other one. */
#include "exchange_bench.h"
#include "kernel_id.h"

void arrival_task(VP_INT exinf)
{
	VP_INT sent;

	while (rcv_dtq(TIMES, &sent) == E_OK)
		snd_dtq(TOOK, (VP_INT)(__builtin_ia32_rdtsc() - (UD)sent));
}

void stamp_task(VP_INT exinf)
{
	UD took = 0, begin;

	while (wai_sem(GO) == E_OK) {
		dly_tsk(1);			/* so that the process sleeps in its read */
		begin = vget_cyc();
		snd_dtq(STAMPS, (VP_INT)begin);
		took = vget_cyc() - begin;
		snd_dtq(TOOK, (VP_INT)took);
	}
}

/* In order and whole: number, and a sum over the rest */
void drain_task(VP_INT exinf)
{
	static UD messages[BATCH][WORDS];
	UD next = 0, wrong = 0;
	FLGPTN bits;
	ER_UINT n;

	for (;;) {
		n = vget_rng(RING_IN, messages, BATCH);
		if (n == E_TMOUT || n == E_SYS) {
			wai_flg(IN_BITS, 1, TWF_ORW, &bits);
			continue;
		}
		for (ER_UINT i = 0; i < n; i++) {
			const UD *m = messages[i];

			wrong += m[0] != next++ || m[7] != (m[0] ^ m[1] ^ m[2] ^ m[3] ^ m[4] ^ m[5] ^ m[6]);
			if (m[1]) {		/* the last one says so */
				snd_dtq(DRAINED, wrong ? -1 : (VP_INT)next);
				next = 0;
			}
		}
	}
}

/* AMOUNT counts ten thousands. */
void fill_task(VP_INT exinf)
{
	static UD messages[BATCH][WORDS];
	UD number = 0, end = 0;
	FLGPTN bits;

	for (;;) {
		ER_UINT n = 0, done = 0, went;

		if (number == end) {
			if (wai_sem(AMOUNT) != E_OK)
				return;
			end += 10000;		/* numbers go on */
		}
		for (; n < BATCH && number < end; n++, number++) {
			UD *m = messages[n];

			m[0] = m[7] = number;
			m[1] = m[2] = m[3] = m[4] = m[5] = m[6] = ~number;
		}
		while (done < n) {
			went = vput_rng(RING_OUT, messages[done], n - done);
			if (went > 0)
				done += went;
			else
				wai_flg(OUT_BITS, 1, TWF_ORW, &bits);
		}
	}
}
