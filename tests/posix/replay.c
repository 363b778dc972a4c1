/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A load that touches most of the kernel in an order that depends on when
 * everything happens, and logs each step with its time. In simulated time two
 * runs must log the same to the byte.
 */
#include "replay.h"
#include "kernel_id.h"

static uint32_t seed[WORKERS + 1];
static unsigned int texes;

static uint32_t any(int worker, uint32_t limit)
{
	seed[worker] = seed[worker] * 1664525u + 1013904223u + (uint32_t)worker;
	return (seed[worker] >> 8) % limit;
}

static ER step(int worker, unsigned int what)
{
	VP_INT data;
	FLGPTN pattern;
	VP block;
	ER er;

	switch (what) {
	case 0:
		return dly_tsk(any(worker, MSEC(3)));
	case 1:
		er = twai_sem(TOKEN, MSEC(2));
		vspn_tim(any(worker, 700000));
		return er == E_OK ? sig_sem(TOKEN) : er;
	case 2:
		er = tloc_mtx(GATE, MSEC(4));
		vspn_tim(any(worker, 1500000));
		return er == E_OK ? unl_mtx(GATE) : er;
	case 3:
		return tsnd_dtq(PIPE, worker, MSEC(2));
	case 4:
		er = trcv_dtq(PIPE, &data, MSEC(2));
		return er == E_OK ? (ER)data : er;
	case 5:
		er = twai_flg(FLAG, 1u << any(worker, 3), TWF_ORW, &pattern, MSEC(5));
		return er == E_OK ? (ER)pattern : er;
	case 6:
		return vras_int(5);
	case 7:
		er = tget_mpf(POOL, &block, MSEC(1));
		vspn_tim(any(worker, 300000));
		return er == E_OK ? rel_mpf(POOL, block) : er;
	case 8:
		return ras_tex(any(worker, 2) ? WORKER1 : WORKER4, 1u << any(worker, 4));
	case 9:
		return chg_pri((ID)(1 + any(worker, WORKERS)), (PRI)(4 + any(worker, 5)));
	case 10:
		return any(worker, 4) ? rel_wai((ID)(1 + any(worker, WORKERS))) : rot_rdq(TPRI_SELF);
	default:
		return E_OK;
	}
}

void worker_task(VP_INT exinf)
{
	int worker = (int)exinf;
	unsigned int what;
	ER er;

	ena_tex();
	for (;;) {
		what = any(worker, 11);
		er = step(worker, what);
		vlog("%12lu ns: worker %d: %u gave %d", (unsigned long)vget_cyc(), worker, what, er);
	}
}

void worker_exception(TEXPTN texptn, VP_INT exinf)
{
	texes++;
	vlog("%12lu ns: worker %d: exceptions %x", (unsigned long)vget_cyc(), (int)exinf, texptn);
	vspn_tim(50000);
}

void tick_cycle(VP_INT exinf)
{
	static unsigned int n;

	vspn_tim(20000);
	iset_flg(FLAG, 1u << (n++ % 3));
	irot_rdq(6);
}

void device_isr(VP_INT exinf)
{
	ifsnd_dtq(PIPE, 99);
	irel_wai(WORKER2);
	iras_tex(WORKER4, 0x80);
}

void end_alarm(VP_INT exinf)
{
	vlog("%12lu ns: the end, %u task exceptions", (unsigned long)vget_cyc(), texes);
	vstp_sys(texes ? 0 : 1);
}

void setup_task(VP_INT exinf)
{
	sta_alm(END, MSEC(2000));
}
