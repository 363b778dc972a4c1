/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System state (specification 4.8): rotation of the ready queue, CPU lock,
 * dispatch disable, and what can be asked about the context. A task that locks
 * the CPU keeps the port's lock until it unlocks; in a handler, where
 * interrupts are masked anyway, it is only a flag. The two flags are
 * independent, and neither nests.
 */
#include "schedule.h"
#include "service.h"

/*
 * rot_rdq - move the first ready task of a priority behind its equals.
 * TPRI_SELF: the caller's base priority. Task context. E_CTX; E_PAR: not a
 * priority. Specification 4.8.
 */
ER rot_rdq(PRI tskpri)
{
	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (tskpri != TPRI_SELF && (tskpri < TMIN_TPRI || tskpri > TMAX_TPRI))
		return E_PAR;						/* [SYS-1] */
	port_lock();
	if (tskpri == TPRI_SELF)
		tskpri = kernel.running->base_pri;			/* [SYS-3] */
	kernel_ready_rotate(tskpri);					/* [SYS-2] */
	leave();
	return E_OK;
}

/*
 * irot_rdq - rot_rdq for handlers, without TPRI_SELF. E_CTX; E_PAR.
 * Specification 4.8.
 */
ER irot_rdq(PRI tskpri)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (tskpri < TMIN_TPRI || tskpri > TMAX_TPRI)
		return E_PAR;						/* [SYS-1] [SYS-4] */
	kernel_ready_rotate(tskpri);					/* [SYS-2] */
	return E_OK;
}

/*
 * get_tid - the caller's number. Task context. E_CTX; E_PAR: p_tskid is NULL.
 * Specification 4.8.
 */
ER get_tid(ID *p_tskid)
{
	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!p_tskid)
		return E_PAR;						/* [CTX-7] */
	*p_tskid = kernel_task_id(kernel.running);			/* [SYS-5] */
	return E_OK;
}

/*
 * iget_tid - the number of the task that was interrupted; TSK_NONE if it was
 * none. Handler context. E_CTX; E_PAR: p_tskid is NULL. Specification 4.8.
 */
ER iget_tid(ID *p_tskid)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!p_tskid)
		return E_PAR;						/* [CTX-7] */
	*p_tskid = kernel_task_id(kernel.running);			/* [SYS-6] */
	return E_OK;
}

/*
 * loc_cpu - lock the CPU: no handler runs and no other task. Nothing happens
 * if it is locked. Task context, CPU locked too. E_CTX. Specification 4.8.
 */
ER loc_cpu(void)
{
	if (kernel.in_handler)
		return E_CTX;						/* [CTX-1] */
	if (!kernel.cpu_locked) {					/* [SYS-8] */
		port_lock();
		kernel.cpu_locked = true;				/* [SYS-7] */
	}
	return E_OK;
}

/*
 * iloc_cpu - lock the CPU in a handler, which must unlock it before it
 * returns. Handler context, CPU locked too. E_CTX. Specification 4.8.
 */
ER iloc_cpu(void)
{
	if (!kernel.in_handler || !kernel.started)
		return E_CTX;						/* [CTX-2] [INT-4] */
	kernel.cpu_locked = true;					/* [SYS-7] [SYS-8] */
	return E_OK;
}

/*
 * unl_cpu - unlock the CPU; interrupts that came meanwhile are taken before
 * the call returns. Dispatching stays disabled if it was. Nothing happens if
 * the CPU is not locked. Task context, CPU locked too. E_CTX. Specification
 * 4.8.
 */
ER unl_cpu(void)
{
	if (kernel.in_handler)
		return E_CTX;						/* [CTX-1] */
	if (kernel.cpu_locked) {					/* [SYS-8] */
		kernel.cpu_locked = false;				/* [SYS-9] */
		port_unlock();
	}
	return E_OK;
}

/*
 * iunl_cpu - unlock the CPU in a handler. Handler context, CPU locked too.
 * E_CTX. Specification 4.8.
 */
ER iunl_cpu(void)
{
	if (!kernel.in_handler || !kernel.started)
		return E_CTX;						/* [CTX-2] [INT-4] */
	kernel.cpu_locked = false;					/* [SYS-8] [SYS-9] */
	return E_OK;
}

/*
 * dis_dsp - disable dispatching: the caller runs, interrupted by handlers
 * only, until ena_dsp. Nothing happens if it is disabled. Task context. E_CTX.
 * Specification 4.8.
 */
ER dis_dsp(void)
{
	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	port_lock();
	kernel.dispatch_disabled = true;				/* [SYS-10] [SYS-11] */
	port_unlock();
	return E_OK;
}

/*
 * ena_dsp - enable dispatching; a more urgent task that is ready runs before
 * the call returns. Task context. E_CTX. Specification 4.8.
 */
ER ena_dsp(void)
{
	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	port_lock();
	kernel.dispatch_disabled = false;				/* [SYS-11] */
	leave();							/* [SYS-12] */
	return E_OK;
}

/* sns_ctx - TRUE in a handler. Any context. Specification 4.8. */
BOOL sns_ctx(void)
{
	return kernel.in_handler;					/* [SYS-13] [CTX-10] */
}

/* sns_loc - TRUE while the CPU is locked. Any context. Specification 4.8. */
BOOL sns_loc(void)
{
	return kernel.cpu_locked;					/* [SYS-14] [CTX-10] */
}

/* sns_dsp - TRUE while dispatching is disabled; being in a handler does not make it so. Any context. Specification 4.8. */
BOOL sns_dsp(void)
{
	return kernel.dispatch_disabled;				/* [SYS-15] [CTX-10] */
}

/* sns_dpn - TRUE if no call may block: in a handler, CPU locked, or dispatching disabled. Any context. Specification 4.8. */
BOOL sns_dpn(void)
{
	return !in_task_dispatching();					/* [SYS-16] [CTX-10] */
}
