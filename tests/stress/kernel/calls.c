/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The random calls. Memory that goes through the kernel (messages, blocks) is
 * kept track of only as far as that needs no exactness: a task may end
 * anywhere, with a block in hand.
 */
#include "stress.h"
#include "kernel_id.h"

#define MESSAGES	64U

static T_MSG_PRI messages[MESSAGES];
static bool sent[MESSAGES];

static ID any_worker(void)
{
	return FIRST_WORKER + (ID)any(WORKERS);
}

static TMO any_tmout(void)
{
	static const TMO tmouts[] = { TMO_POL, 1, 3, 10, TMO_FEVR };

	return tmouts[any(sizeof(tmouts) / sizeof(tmouts[0]))];
}

static ER task_call(void)
{
	PRI pri;

	switch (any(7)) {
	case 0:
		return act_tsk(any_worker());
	case 1:
		return ter_tsk(any_worker());
	case 2:
		return chg_pri(any_worker(), any(9) ? 2 + (PRI)any(10) : TPRI_INI);
	case 3:
		return get_pri(any_worker(), &pri);
	case 4:
		return can_act(any_worker());
	case 5:
		return rot_rdq(any(4) ? 1 + (PRI)any(12) : TPRI_SELF);
	default:
		if (!any(4))
			ext_tsk();
		vspn_tim(any(3) * 700000);
		return E_OK;
	}
}

static ER sync_call(void)
{
	switch (any(12)) {
	case 0:
		return tslp_tsk(any_tmout());
	case 1:
		return wup_tsk(any_worker());
	case 2:
		return can_wup(any_worker());
	case 3:
		return rel_wai(any_worker());
	case 4:
		return sus_tsk(any(4) ? any_worker() : TSK_SELF);
	case 5:
		return rsm_tsk(any_worker());
	case 6:
	case 7:
	case 8:
		return frsm_tsk(any_worker());
	case 9:
		return dly_tsk(any(4));
	case 10:
		return ras_tex(any_worker(), 1 + any(100));
	default:
		return any(3) ? ena_tex() : dis_tex();
	}
}

static ER flag_call(void)
{
	ID id = FLG_MANY + (ID)any(3);
	FLGPTN pattern;

	switch (any(5)) {
	case 0:
	case 1:
		return set_flg(id, 1U << any(4));
	case 2:
		return clr_flg(id, any(16));
	default:
		return twai_flg(id, 1 + any(15), any(2), &pattern, any_tmout());
	}
}

static ER queue_call(void)
{
	ID id = DTQ_NONE + (ID)any(2);
	VP_INT data;

	switch (any(5)) {
	case 0:
	case 1:
		return tsnd_dtq(id, (VP_INT)any(100), any_tmout());
	case 2:
	case 3:
		return trcv_dtq(id, &data, any_tmout());
	default:
		return fsnd_dtq(id, (VP_INT)any(100));
	}
}

static ER send_message(ID mbx)
{
	UW i = any(MESSAGES);
	ER er;

	if (sent[i])
		return E_OK;
	sent[i] = true;
	messages[i].msgpri = 1 + (PRI)any(5);
	er = snd_mbx(mbx, &messages[i].msgque);
	if (er != E_OK)
		sent[i] = false;
	return er;
}

static ER message_call(void)
{
	ID id = MBX_FIFO + (ID)any(2);
	T_MSG *message;
	ER er;

	if (any(2))
		return send_message(id);
	er = trcv_mbx(id, &message, any_tmout());
	if (er == E_OK)
		sent[(T_MSG_PRI *)message - messages] = false;
	return er;
}

static ER pool_call(void)
{
	VP block;
	ER er = tget_mpf(POOL, &block, any_tmout());

	if (er != E_OK)
		return er;
	/* A task that ends meanwhile keeps the block: the pool runs dry in the end, and its queue is what is tested. */
	if (any(2))
		dly_tsk(any(3));
	return rel_mpf(POOL, block);
}

static ER mutex_call(void)
{
	ID id = MTX_INHERIT1 + (ID)any(5);

	switch (any(7)) {
	case 0:
		return ploc_mtx(id);
	case 1:
	case 2:
	case 3:
		return unl_mtx(id);
	default:
		return tloc_mtx(id, any_tmout());
	}
}

static ER time_call(void)
{
	SYSTIM time;

	switch (any(6)) {
	case 0:
		return sta_cyc(CYC_ALWAYS + (ID)any(3));
	case 1:
		return any(2) ? stp_cyc(CYC_PLAIN) : stp_cyc(CYC_PHASE);
	case 2:
		return sta_alm(ALARM, any(5));
	case 3:
		return stp_alm(ALARM);
	case 4:
		return get_tim(&time);
	default:
		return vras_int(1);
	}
}

ER call_in_task(void)
{
	ER er;

	switch (any(20)) {
	case 0:
	case 1:
	case 2:
		return task_call();
	case 3:
	case 4:
	case 5:
	case 6:
		return sync_call();
	case 7:
		return sig_sem(SEM_FIFO + (ID)any(2));
	case 8:
		return any(3) ? twai_sem(SEM_FIFO + (ID)any(2), any_tmout()) : pol_sem(SEM_FIFO + (ID)any(2));
	case 9:
	case 10:
		return flag_call();
	case 11:
	case 12:
		return queue_call();
	case 13:
		return message_call();
	case 14:
		return pool_call();
	case 15:
	case 16:
	case 17:
		return mutex_call();
	case 18:
		return time_call();
	default:
		dis_dsp();
		er = call_in_task();
		ena_dsp();
		return er;
	}
}

void call_in_handler(void)
{
	switch (any(10)) {
	case 0:
		count_result(iact_tsk(any_worker()));
		break;
	case 1:
		count_result(iwup_tsk(any_worker()));
		break;
	case 2:
		count_result(irel_wai(any_worker()));
		break;
	case 3:
		count_result(iras_tex(any_worker(), 1 + any(100)));
		break;
	case 4:
		count_result(isig_sem(SEM_PRI));
		break;
	case 5:
		count_result(iset_flg(FLG_MANY + (ID)any(3), 1 + any(15)));
		break;
	case 6:
		count_result(ipsnd_dtq(DTQ_NONE + (ID)any(2), 3));
		break;
	case 7:
		count_result(ifsnd_dtq(DTQ_TWO, 2));
		break;
	case 8:
		count_result(irot_rdq(1 + (PRI)any(9)));
		break;
	default:
		count_result(vras_int(1 + any(2)));
		break;
	}
}

/* A number that is no object's; no object here has one above 100. */
static ID any_bad_id(void)
{
	ID id = (ID)(any(0x7fffffff) + 101);

	return any(2) ? -id : id;
}

bool bad_calls_refused(void)
{
	ID bad = any_bad_id();
	TMO tmout = -2 - (TMO)any(0x7ffffffe);
	PRI pri = any(2) ? TMAX_TPRI + 1 + (PRI)any(1000000) : -1 - (PRI)any(1000000);
	RELTIM time = TMAX_RELTIM + 1 + any(0x7fffffff);
	VP_INT data = 4711;
	FLGPTN pattern = 4711;
	char here[64];

	return act_tsk(bad) == E_ID && ter_tsk(bad) == E_ID && wup_tsk(bad) == E_ID && rel_wai(bad) == E_ID &&
		sus_tsk(bad) == E_ID && rsm_tsk(bad) == E_ID && can_act(bad) == E_ID && ras_tex(bad, 1) == E_ID &&
		sig_sem(bad) == E_ID && wai_sem(bad) == E_ID && set_flg(bad, 1) == E_ID && snd_dtq(bad, 1) == E_ID &&
		rcv_mbx(bad, (T_MSG **)&data) == E_ID && loc_mtx(bad) == E_ID && unl_mtx(bad) == E_ID &&
		get_mpf(bad, (VP *)&data) == E_ID && sta_cyc(bad) == E_ID && sta_alm(bad, 1) == E_ID &&
		chg_pri(WORKER1, pri) == E_PAR && rot_rdq(pri) == E_PAR && tslp_tsk(tmout) == E_PAR &&
		twai_sem(SEM_FIFO, tmout) == E_PAR && trcv_dtq(DTQ_TWO, &data, tmout) == E_PAR && data == 4711 &&
		tloc_mtx(MTX_PRI, tmout) == E_PAR && dly_tsk(time) == E_PAR && sta_alm(ALARM, time) == E_PAR &&
		twai_flg(FLG_MANY, 1, 2 + any(1000000), &pattern, 0) == E_PAR && pattern == 4711 &&
		rel_mpf(POOL, &here[any(sizeof(here))]) == E_PAR && rel_mpf(POOL, (VP)(uintptr_t)any(0xffffffff)) == E_PAR &&
		vras_int(TMAX_INTNO + 1 + any(1000000)) == E_PAR;
}
