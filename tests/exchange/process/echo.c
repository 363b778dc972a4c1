/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See echo.h. DATA: snd_dtq waits while nobody reads; ASK, STATUS: how many data
 * it has passed on, and how often BEAT has run; TIMING: timing.h.
 */
#include "echo.h"
#include "kernel_id.h"
#include "timing.h"

static VP_INT passed;

void echo_data(VP_INT exinf)
{
	VP_INT data;

	for (;;) {
		if (rcv_dtq(DATA_IN, &data) != E_OK || snd_dtq(DATA_OUT, data) != E_OK)
			vstp_sys(2);
		passed++;
	}
}

void echo_messages(VP_INT exinf)
{
	T_MSG *message;

	for (;;)
		if (rcv_mbx(BOX_IN, &message) != E_OK || snd_mbx(BOX_OUT, message) != E_OK)
			vstp_sys(3);
}

void echo_bits(VP_INT exinf)
{
	FLGPTN bits;

	for (;;) {
		if (wai_flg(BITS_IN, UINT32_MAX, TWF_ORW, &bits) != E_OK || set_flg(BITS_OUT, bits) != E_OK)
			vstp_sys(4);
		if (bits & BIT_STAY)
			set_flg(BITS_STAY, bits);
		if (bits & BIT_GO)
			clr_flg(BITS_STAY, 0);
	}
}

void echo_counts(VP_INT exinf)
{
	for (;;) {
		if (wai_sem(COUNT_IN) != E_OK)
			vstp_sys(5);
		while (sig_sem(COUNT_OUT) == E_QOVR)
			dly_tsk(MSEC(1));
	}
}

/* An end that is broken has to wait for the next process; the other goes on then, too. */
void echo_ring(VP_INT exinf)
{
	static UD messages[16 * WORDS];
	ER_UINT n = 0, done = 0, went;
	FLGPTN bits;

	for (;;) {
		if (done == n) {
			done = 0;
			n = vget_rng(RING_IN, messages, 16);
			went = n;
		} else {
			went = vput_rng(RING_OUT, messages + done * WORDS, (UINT)(n - done));
			done += went > 0 ? went : 0;
		}
		if (n < 0)
			n = 0;
		if (went <= 0 && wai_flg(RING_BITS, 3, TWF_ORW, &bits) != E_OK)
			vstp_sys(6);
	}
}

void report(VP_INT exinf)
{
	FLGPTN bits;

	for (;;) {
		wai_flg(ASK, UINT32_MAX, TWF_ORW, &bits);
		if (bits & STATUS_ASK) {
			snd_dtq(STATUS, passed);
			snd_dtq(STATUS, beats_so_far());
		}
		if (bits & TIMING_ASK)
			report_timing();
	}
}
