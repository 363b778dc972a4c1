/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event flags (specification 4.4.2). A waiting task keeps what it waits for in
 * its control block (wait_pattern, wait_mode); the pattern that released it is
 * handed over in wait_value.
 */
#include "eventflag.h"
#include "wait.h"

static bool flg_id_valid(ID flgid)
{
	return (UINT)flgid - 1 < (UINT)kernel_flg_count;
}

void kernel_eventflag_initialize(void)
{
	ID i;

	for (i = 0; i < kernel_flg_count; i++) {
		const struct flg_init *init = &kernel_flg_init[i];

		waitable_init(&kernel_flg[i].wait, init->flgatr & TA_TPRI);	/* [FLG-2] */
		kernel_flg[i].pattern = init->iflgptn;			/* [FLG-1] */
		kernel_flg[i].attr = init->flgatr;
	}
}

static bool fulfilled(FLGPTN pattern, FLGPTN waiptn, MODE wfmode)
{
	if (wfmode == TWF_ORW)
		return pattern & waiptn;				/* [FLG-7] */
	return (pattern & waiptn) == waiptn;				/* [FLG-6] */
}

static void flg_set(struct eventflag *flag, FLGPTN setptn)
{
	struct kernel_queue *link = flag->wait.waiters.next;

	flag->pattern |= setptn;					/* [FLG-3] */
	while (link != &flag->wait.waiters) {
		struct task *task = container_of(link, struct task, link);

		link = link->next;
		if (!fulfilled(flag->pattern, task->wait_pattern, task->wait_mode))
			continue;
		task->wait_value = (VP_INT)flag->pattern;		/* [FLG-8] */
		wait_release(task, E_OK);				/* [FLG-4] */
		if (flag->attr & TA_CLR) {
			flag->pattern = 0;				/* [FLG-9] */
			break;
		}
	}
}

/*
 * set_flg - set bits of an event flag and release the tasks whose condition
 * that fulfils, in the order of the queue; with TA_CLR the first one only.
 * Task context. E_CTX; E_ID. Specification 4.4.2.
 */
ER set_flg(ID flgid, FLGPTN setptn)
{
	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!flg_id_valid(flgid))
		return E_ID;						/* [CTX-4] */
	port_lock();
	flg_set(&kernel_flg[flgid - 1], setptn);
	leave();
	return E_OK;
}

/*
 * iset_flg - set_flg for handlers. E_CTX; E_ID. Specification 4.4.2.
 */
ER iset_flg(ID flgid, FLGPTN setptn)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!flg_id_valid(flgid))
		return E_ID;						/* [CTX-4] */
	flg_set(&kernel_flg[flgid - 1], setptn);
	return E_OK;
}

/*
 * clr_flg - clear the bits of an event flag that are 0 in clrptn. Task
 * context. E_CTX; E_ID. Specification 4.4.2.
 */
ER clr_flg(ID flgid, FLGPTN clrptn)
{
	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!flg_id_valid(flgid))
		return E_ID;						/* [CTX-4] */
	port_lock();
	kernel_flg[flgid - 1].pattern &= clrptn;			/* [FLG-5] */
	leave();
	return E_OK;
}

static bool arguments_valid(FLGPTN waiptn, MODE wfmode, const FLGPTN *p_flgptn)
{
	return waiptn							/* [FLG-10] */
		&& (wfmode == TWF_ANDW || wfmode == TWF_ORW)		/* [FLG-11] */
		&& p_flgptn;						/* [CTX-7] */
}

/* Locked. E_OK: the condition holds, *pattern is what it was; E_TMOUT: it does not; E_ILUSE. */
static ER flg_test(struct eventflag *flag, FLGPTN waiptn, MODE wfmode, FLGPTN *pattern)
{
	if (!(flag->attr & TA_WMUL) && first_waiter(&flag->wait))
		return E_ILUSE;						/* [FLG-12] */
	if (!fulfilled(flag->pattern, waiptn, wfmode))
		return E_TMOUT;
	*pattern = flag->pattern;					/* [FLG-8] */
	if (flag->attr & TA_CLR)
		flag->pattern = 0;					/* [FLG-9] */
	return E_OK;
}

static ER flg_wait(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn, TMO tmout)
{
	struct eventflag *flag;
	FLGPTN pattern;
	VP_INT value;
	ER result;

	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (!flg_id_valid(flgid))
		return E_ID;						/* [CTX-4] */
	if (!arguments_valid(waiptn, wfmode, p_flgptn) || !tmout_valid(tmout))
		return E_PAR;						/* [FLG-10] [FLG-11] [CTX-7] [CTX-8] */
	flag = &kernel_flg[flgid - 1];
	port_lock();
	result = flg_test(flag, waiptn, wfmode, &pattern);
	if (result == E_TMOUT && tmout != TMO_POL) {			/* [WAI-6] */
		kernel.running->wait_pattern = waiptn;
		kernel.running->wait_mode = wfmode;
		wait_for(&flag->wait, TTW_FLG, tmout);			/* [FLG-13] */
		result = wait_sleep(&value);
		pattern = (FLGPTN)value;
	} else {
		leave();
	}
	if (result == E_OK)
		*p_flgptn = pattern;
	return result;
}

/*
 * wai_flg - wait until all bits (TWF_ANDW) or one bit (TWF_ORW) of waiptn are
 * set; *p_flgptn is the pattern that fulfilled it, before TA_CLR cleared it.
 * Task context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: waiptn is 0,
 * bad mode, p_flgptn is NULL; E_ILUSE: TA_WSGL, and another task waits;
 * E_RLWAI: rel_wai. Specification 4.4.2.
 */
ER wai_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn)
{
	return flg_wait(flgid, waiptn, wfmode, p_flgptn, TMO_FEVR);
}

/*
 * pol_flg - wai_flg without waiting. Task context; does not block. E_CTX;
 * E_ID; E_PAR, E_ILUSE: as wai_flg; E_TMOUT: the condition does not hold.
 * Specification 4.4.2.
 */
ER pol_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn)
{
	FLGPTN pattern;
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!flg_id_valid(flgid))
		return E_ID;						/* [CTX-4] */
	if (!arguments_valid(waiptn, wfmode, p_flgptn))
		return E_PAR;						/* [FLG-10] [FLG-11] [CTX-7] */
	port_lock();
	result = flg_test(&kernel_flg[flgid - 1], waiptn, wfmode, &pattern);	/* [WAI-6] */
	leave();
	if (result == E_OK)
		*p_flgptn = pattern;
	return result;
}

/*
 * twai_flg - wai_flg with a time-out in time units, TMO_POL or TMO_FEVR. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: also a bad
 * time-out; E_ILUSE; E_TMOUT; E_RLWAI. Specification 4.4.2.
 */
ER twai_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn, TMO tmout)
{
	return flg_wait(flgid, waiptn, wfmode, p_flgptn, tmout);
}
