/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Task management (specification 4.1): start, end and priority of tasks. A
 * task that ends while activations are queued is started anew at once, with
 * its stack, priority and counts as at first.
 */
#include "log.h"
#include "mutex.h"
#include "task.h"
#include "wait.h"

static ER set_stack(struct task *task, const struct task_init *init)
{
	task->init = init;
	task->stack = port_stack((unsigned int)(task - kernel_task), init->stksz);
	return task->stack ? E_OK : E_NOMEM;
}

ER kernel_task_initialize(void)
{
	ID i;
	UINT n;

	for (i = 0; i < kernel_task_count; i++) {
		struct task *task = &kernel_task[i];

		if (set_stack(task, &kernel_task_init[i]) != E_OK)
			return E_NOMEM;
		task->state = TTS_DMT;
		task->actcnt = 0;
		task->suscnt = 0;
		task->timer.position = 0;
		task->timer.fire = kernel_wait_timeout;
		task->tex_enabled = false;
		task->tex_due = false;
		task->logging = 0;
		queue_init(&task->mutexes);
	}
	for (n = 0; n < kernel_task_order_count; n++)
		kernel_task_activate(task_of(kernel_task_order[n]));	/* [TSK-1] */
	return E_OK;
}

void kernel_task_activate(struct task *task)
{
	const struct task_init *init = task->init;

	kernel_assert(task->state == TTS_DMT && !timer_registered(&task->timer) && queue_empty(&task->mutexes));
	task->base_pri = init->itskpri;					/* [TSK-3] */
	task->pri = init->itskpri;
	task->wupcnt = 0;
	task->tex_enabled = false;					/* [TEX-1] */
	task->tex_due = false;
	task->texptn = 0;
	task->logging = 0;
	port_context_init(&task->context, task->stack, init->stksz, init->tskatr & TA_FPU);	/* [FPU-1] [FPU-2] */
	task->state = TTS_RDY;
	ready_append(task);						/* [SCH-2] */
}

void kernel_task_terminate(struct task *task)
{
	if (task->state == TTS_RDY)
		ready_remove(task);
	else if (task->state & TTS_WAI)
		kernel_wait_abandon(task);				/* [WAI-8] */
	task->state = TTS_DMT;
	task->suscnt = 0;
	task->tex_enabled = false;
	task->tex_due = false;
	if (task->logging)
		kernel_log_abandon(kernel_task_id(task));
	kernel_mutex_release_all(task);					/* [TSK-9] [MTX-12] */
	if (task->actcnt) {
		task->actcnt--;						/* [TSK-8] */
		kernel_task_activate(task);
	}
}

void kernel_task_main(void)
{
	const struct task_init *init = kernel.running->init;

	port_unlock();							/* [TSK-4] */
	init->task(init->exinf);					/* [TSK-2] */
	ext_tsk();							/* [TSK-10] */
}

ID kernel_task_id(const struct task *task)
{
	return task ? (ID)(task - kernel_task) + 1 : TSK_NONE;
}

const char *kernel_task_name(ID tskid)
{
	return task_id_valid(tskid) ? kernel_task_init[tskid - 1].name : "(no task)";
}

static ER activate(struct task *task)
{
	if (task->state == TTS_DMT) {
		kernel_task_activate(task);				/* [TSK-5] */
		return E_OK;
	}
	if (task->actcnt == TMAX_ACTCNT)
		return E_QOVR;						/* [TSK-7] */
	task->actcnt++;							/* [TSK-6] */
	return E_OK;
}

/*
 * act_tsk - start a task; if it is not dormant, queue the start for when it
 * ends. TSK_SELF: the caller. Task context. E_CTX; E_ID; E_QOVR: TMAX_ACTCNT
 * starts are queued already. Specification 4.1.
 */
ER act_tsk(ID tskid)
{
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid_self(tskid))
		return E_ID;						/* [CTX-5] */
	port_lock();
	result = activate(task_of_self(tskid));
	leave();
	return result;
}

/*
 * iact_tsk - act_tsk for handlers, without TSK_SELF. E_CTX; E_ID; E_QOVR.
 * Specification 4.1.
 */
ER iact_tsk(ID tskid)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!task_id_valid(tskid))
		return E_ID;						/* [CTX-6] */
	return activate(task_of(tskid));
}

/*
 * can_act - forget the queued starts of a task and return how many there were
 * (0 for a dormant one). TSK_SELF: the caller. Task context. E_CTX; E_ID.
 * Specification 4.1.
 */
ER_UINT can_act(ID tskid)
{
	struct task *task;
	ER_UINT count;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid_self(tskid))
		return E_ID;						/* [CTX-5] */
	port_lock();
	task = task_of_self(tskid);
	count = (ER_UINT)task->actcnt;					/* [TSK-11] */
	task->actcnt = 0;
	leave();
	return count;
}

/*
 * ext_tsk - end the calling task; returning from its function does the same.
 * Task context; does not return. With the CPU locked or dispatching disabled,
 * both end first. Called by a handler it stops the real-time side: the handler
 * could only return to code that believes the task ended. Specification 4.1.
 */
void ext_tsk(void)
{
	if (kernel.in_handler)
		port_panic("ext_tsk called by a handler: end a task with iact_tsk, a flag or a semaphore it waits for");
	if (kernel.cpu_locked)
		kernel.cpu_locked = false;				/* [TSK-12] */
	else
		port_lock();
	kernel.dispatch_disabled = false;				/* [TSK-12] */
	kernel_task_terminate(kernel.running);				/* [TSK-10] */
	port_exit_dispatch();
}

/*
 * ter_tsk - end another task, whatever it does; queued starts remain and start
 * it anew. Task context. E_CTX; E_ID; E_ILUSE: the caller itself; E_OBJ: the
 * task is dormant. Specification 4.1.
 */
ER ter_tsk(ID tskid)
{
	struct task *task;
	ER result = E_OK;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid(tskid))
		return E_ID;						/* [CTX-4] */
	task = task_of(tskid);
	if (task == kernel.running)
		return E_ILUSE;						/* [TSK-13] */
	port_lock();
	if (task->state == TTS_DMT)
		result = E_OBJ;						/* [TSK-14] */
	else
		kernel_task_terminate(task);				/* [TSK-15] */
	leave();
	return result;
}

/*
 * chg_pri - set the base priority of a task; TPRI_INI: to what it was created
 * with. The current priority follows unless a mutex holds it higher; then the
 * task goes behind its new equals, also if the priority is the old one.
 * TSK_SELF: the caller. Task context. E_CTX; E_ID; E_PAR: not a priority;
 * E_OBJ: dormant; E_ILUSE: above the ceiling of a mutex that the task holds or
 * waits for. Specification 4.1.
 */
ER chg_pri(ID tskid, PRI tskpri)
{
	struct task *task;
	ER result = E_OK;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid_self(tskid))
		return E_ID;						/* [CTX-5] */
	if (tskpri != TPRI_INI && (tskpri < TMIN_TPRI || tskpri > TMAX_TPRI))
		return E_PAR;						/* [TSK-16] */
	port_lock();
	task = task_of_self(tskid);
	if (tskpri == TPRI_INI)
		tskpri = task->init->itskpri;				/* [TSK-17] */
	if (task->state == TTS_DMT)
		result = E_OBJ;						/* [TSK-18] */
	else if (!kernel_mutex_ceiling_allows(task, tskpri))
		result = E_ILUSE;					/* [MTX-14] */
	else
		kernel_mutex_change_base(task, tskpri);			/* [TSK-19] */
	leave();
	return result;
}

/*
 * get_pri - the current priority of a task. TSK_SELF: the caller. Task
 * context. E_CTX; E_ID; E_PAR: p_tskpri is NULL; E_OBJ: dormant. Specification
 * 4.1.
 */
ER get_pri(ID tskid, PRI *p_tskpri)
{
	struct task *task;
	ER result = E_OK;
	PRI pri = 0;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid_self(tskid))
		return E_ID;						/* [CTX-5] */
	if (!p_tskpri)
		return E_PAR;						/* [CTX-7] */
	port_lock();
	task = task_of_self(tskid);
	if (task->state == TTS_DMT)
		result = E_OBJ;						/* [TSK-20] */
	else
		pri = task->pri;
	leave();
	if (result == E_OK)
		*p_tskpri = pri;					/* [TSK-21] */
	return result;
}
