/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Task-dependent synchronisation (specification 4.2): sleep and wake-up,
 * release by force, suspension, delay. Wake-ups and suspensions are counted;
 * the counts are 0 when a task starts.
 */
#include "wait.h"

static ER sleep_self(TMO tmout)
{
	struct task *self;

	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (!tmout_valid(tmout))
		return E_PAR;						/* [CTX-8] */
	port_lock();
	self = kernel.running;
	if (self->wupcnt) {
		self->wupcnt--;						/* [SYN-2] */
		leave();
		return E_OK;
	}
	if (tmout == TMO_POL) {
		leave();
		return E_TMOUT;						/* [WAI-6] */
	}
	wait_begin(TTW_SLP);						/* [SYN-1] */
	if (tmout != TMO_FEVR)
		time_event_start(&self->timer, (RELTIM)tmout);		/* [WAI-4] */
	return wait_sleep(NULL);
}

/*
 * slp_tsk - wait for a wake-up; a queued one ends the wait at once. Task
 * context, dispatching enabled; blocks. E_CTX; E_RLWAI: rel_wai. Specification
 * 4.2.
 */
ER slp_tsk(void)
{
	return sleep_self(TMO_FEVR);
}

/*
 * tslp_tsk - slp_tsk with a time-out in time units, TMO_POL or TMO_FEVR. Task
 * context, dispatching enabled; blocks. E_CTX; E_PAR: bad time-out; E_TMOUT;
 * E_RLWAI. Specification 4.2.
 */
ER tslp_tsk(TMO tmout)
{
	return sleep_self(tmout);
}

static ER wake(struct task *task)
{
	if ((task->state & TTS_WAI) && task->wait_kind == TTW_SLP) {
		wait_release(task, E_OK);				/* [SYN-3] */
		return E_OK;
	}
	if (task->state == TTS_DMT)
		return E_OBJ;						/* [SYN-4] */
	if (task->wupcnt == TMAX_WUPCNT)
		return E_QOVR;						/* [SYN-6] */
	task->wupcnt++;							/* [SYN-5] */
	return E_OK;
}

/*
 * wup_tsk - wake a task from slp_tsk; if it does not sleep, queue the wake-up.
 * TSK_SELF: the caller. Task context. E_CTX; E_ID; E_OBJ: dormant; E_QOVR:
 * TMAX_WUPCNT wake-ups are queued already. Specification 4.2.
 */
ER wup_tsk(ID tskid)
{
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid_self(tskid))
		return E_ID;						/* [CTX-5] */
	port_lock();
	result = wake(task_of_self(tskid));
	leave();
	return result;
}

/*
 * iwup_tsk - wup_tsk for handlers, without TSK_SELF. E_CTX; E_ID; E_OBJ;
 * E_QOVR. Specification 4.2.
 */
ER iwup_tsk(ID tskid)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!task_id_valid(tskid))
		return E_ID;						/* [CTX-6] */
	return wake(task_of(tskid));
}

/*
 * can_wup - forget the queued wake-ups of a task and return how many there
 * were. TSK_SELF: the caller. Task context. E_CTX; E_ID; E_OBJ: dormant.
 * Specification 4.2.
 */
ER_UINT can_wup(ID tskid)
{
	struct task *task;
	ER_UINT result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid_self(tskid))
		return E_ID;						/* [CTX-5] */
	port_lock();
	task = task_of_self(tskid);
	if (task->state == TTS_DMT) {
		result = E_OBJ;						/* [SYN-8] */
	} else {
		result = (ER_UINT)task->wupcnt;				/* [SYN-7] */
		task->wupcnt = 0;
	}
	leave();
	return result;
}

static ER release(struct task *task)
{
	if (!(task->state & TTS_WAI))
		return E_OBJ;						/* [SYN-10] */
	kernel_wait_cancel(task, E_RLWAI);				/* [SYN-9] */
	return E_OK;
}

/*
 * rel_wai - end the wait of a task, whatever it waits for; its call returns
 * E_RLWAI. A suspension stays. Task context. E_CTX; E_ID; E_OBJ: the task does
 * not wait. Specification 4.2.
 */
ER rel_wai(ID tskid)
{
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid(tskid))
		return E_ID;						/* [CTX-4] */
	port_lock();
	result = release(task_of(tskid));
	leave();
	return result;
}

/*
 * irel_wai - rel_wai for handlers. E_CTX; E_ID; E_OBJ. Specification 4.2.
 */
ER irel_wai(ID tskid)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!task_id_valid(tskid))
		return E_ID;						/* [CTX-6] */
	return release(task_of(tskid));
}

/*
 * sus_tsk - suspend a task, once more if it is suspended. TSK_SELF: the
 * caller. Task context. E_CTX: also for the caller itself while dispatching is
 * disabled; E_ID; E_OBJ: dormant; E_QOVR: suspended TMAX_SUSCNT times.
 * Specification 4.2.
 */
ER sus_tsk(ID tskid)
{
	struct task *task;
	ER result = E_OK;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid_self(tskid))
		return E_ID;						/* [CTX-5] */
	task = task_of_self(tskid);
	if (task == kernel.running && kernel.dispatch_disabled)
		return E_CTX;						/* [SYN-13] */
	port_lock();
	if (task->state == TTS_DMT) {
		result = E_OBJ;						/* [SYN-14] */
	} else if (task->suscnt == TMAX_SUSCNT) {
		result = E_QOVR;					/* [SYN-12] */
	} else {
		if (task->state == TTS_RDY) {
			ready_remove(task);
			task->state = TTS_SUS;				/* [SYN-11] */
		} else {
			task->state |= TTS_SUS;				/* [SYN-11] [WAI-5] */
		}
		task->suscnt++;						/* [SYN-12] */
	}
	leave();
	return result;
}

/* Take one suspension off task, or all. */
static ER resume(ID tskid, bool all)
{
	struct task *task;
	ER result = E_OK;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid(tskid))
		return E_ID;						/* [CTX-4] */
	port_lock();
	task = task_of(tskid);
	if (!task->suscnt || task->state == TTS_DMT) {
		result = E_OBJ;						/* [SYN-17] */
	} else {
		task->suscnt = all ? 0 : task->suscnt - 1;		/* [SYN-18] [SYN-19] */
		if (!task->suscnt) {
			task->state &= ~TTS_SUS;
			if (!task->state) {
				task->state = TTS_RDY;
				ready_append(task);			/* [SYN-18] [SCH-2] */
			}
		}
	}
	leave();
	return result;
}

/*
 * rsm_tsk - take one suspension off a task; it goes on when none is left. Task
 * context. E_CTX; E_ID; E_OBJ: not suspended. Specification 4.2.
 */
ER rsm_tsk(ID tskid)
{
	return resume(tskid, false);
}

/*
 * frsm_tsk - take all suspensions off a task. Task context. E_CTX; E_ID;
 * E_OBJ: not suspended. Specification 4.2.
 */
ER frsm_tsk(ID tskid)
{
	return resume(tskid, true);
}

/*
 * dly_tsk - wait for dlytim time units, at least; 0 waits for the next tick.
 * Task context, dispatching enabled; blocks. E_CTX; E_PAR: more than
 * TMAX_RELTIM; E_RLWAI: rel_wai. Specification 4.2.
 */
ER dly_tsk(RELTIM dlytim)
{
	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (dlytim > TMAX_RELTIM)
		return E_PAR;						/* [CTX-9] */
	port_lock();
	wait_begin(TTW_DLY);						/* [SYN-15] [SYN-16] */
	time_event_start(&kernel.running->timer, dlytim);
	return wait_sleep(NULL);
}
