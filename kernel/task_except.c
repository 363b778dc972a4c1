/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Task exceptions (specification 4.3): a routine of a task, called in the
 * task's context when patterns were raised for it. tex_due tells in one byte
 * that it must be called; it is tested whenever a task goes on after a switch
 * (service.h), by the port after an interrupt, and by the calls below that
 * can make it true for the running task.
 */
#include "wait.h"

static void set_due(struct task *task)
{
	task->tex_due = task->tex_enabled && task->texptn;		/* [TEX-6] */
}

bool kernel_tex_due(void)
{
	return kernel.running && kernel.running->tex_due;
}

void kernel_tex_run(void)
{
	struct task *self = kernel.running;

	while (self->tex_due) {						/* [TEX-11] */
		TEXPTN texptn = self->texptn;

		self->texptn = 0;					/* [TEX-9] */
		self->tex_enabled = false;				/* [TEX-10] */
		self->tex_due = false;
		port_unlock();
		self->init->texrtn(texptn, self->init->exinf);		/* [TEX-9] */
		/* A routine that returns with the CPU locked has locked for us. */
		if (kernel.cpu_locked)
			kernel.cpu_locked = false;			/* [TEX-12] */
		else
			port_lock();
		self->tex_enabled = true;				/* [TEX-11] */
		set_due(self);
	}
}

/* The end of a call that may have made the caller's own exceptions due. */
static void leave_tex(void)
{
	if (kernel.running->tex_due)
		kernel_tex_run();					/* [TEX-7] */
	leave();
}

static ER raise_tex(struct task *task, TEXPTN rasptn)
{
	if (task->state == TTS_DMT || !task->init->texrtn)
		return E_OBJ;						/* [TEX-3] */
	task->texptn |= rasptn;						/* [TEX-4] [TEX-5] */
	set_due(task);
	return E_OK;
}

/*
 * ras_tex - raise task exceptions. TSK_SELF: the caller, whose routine then
 * runs before the call returns if exceptions are enabled. A task that waits
 * goes on waiting. Task context. E_CTX; E_ID; E_PAR: rasptn is 0; E_OBJ:
 * dormant, or it has no routine. Specification 4.3.
 */
ER ras_tex(ID tskid, TEXPTN rasptn)
{
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!task_id_valid_self(tskid))
		return E_ID;						/* [CTX-5] */
	if (!rasptn)
		return E_PAR;						/* [TEX-2] */
	port_lock();
	result = raise_tex(task_of_self(tskid), rasptn);
	leave_tex();
	return result;
}

/*
 * iras_tex - ras_tex for handlers, without TSK_SELF. E_CTX; E_ID; E_PAR;
 * E_OBJ. Specification 4.3.
 */
ER iras_tex(ID tskid, TEXPTN rasptn)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!task_id_valid(tskid))
		return E_ID;						/* [CTX-6] */
	if (!rasptn)
		return E_PAR;						/* [TEX-2] */
	return raise_tex(task_of(tskid), rasptn);
}

static ER set_enabled(bool enabled)
{
	struct task *self;
	ER result = E_OK;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	port_lock();
	self = kernel.running;
	if (!self->init->texrtn) {
		result = E_OBJ;						/* [TEX-13] */
	} else {
		self->tex_enabled = enabled;				/* [TEX-14] */
		set_due(self);
	}
	leave_tex();
	return result;
}

/*
 * dis_tex - disable the caller's task exceptions. Task context. E_CTX; E_OBJ:
 * it has no routine. Specification 4.3.
 */
ER dis_tex(void)
{
	return set_enabled(false);
}

/*
 * ena_tex - enable the caller's task exceptions; pending ones are handled
 * before the call returns. Task context. E_CTX; E_OBJ: it has no routine.
 * Specification 4.3.
 */
ER ena_tex(void)
{
	return set_enabled(true);
}

/*
 * sns_tex - TRUE if the task exceptions of the running task are disabled, or
 * no task is running. Any context. Specification 4.3.
 */
BOOL sns_tex(void)
{
	struct task *task = kernel.running;

	return !(task && task->tex_enabled);				/* [TEX-15] */
}
