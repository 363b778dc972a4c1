/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt handlers and service routines (specification 4.9), CPU exception
 * handlers (4.11). All run in the handler context; when the last one has ended
 * the port dispatches.
 */
#include "interrupt.h"
#include "service.h"

/* The routines of interrupt n are those from first[n] up to, not including, first[n + 1]. */
static const struct isr_init *first[TMAX_INTNO + 2];

void kernel_interrupt_initialize(void)
{
	const struct isr_init *isr = kernel_isr_init, *end = kernel_isr_init + kernel_isr_count;
	INTNO intno;

	for (intno = 0; intno <= TMAX_INTNO; intno++) {
		first[intno] = isr;
		while (isr < end && isr->intno == intno)
			isr++;
	}
	first[intno] = isr;
}

bool kernel_interrupt_handled(INTNO intno)
{
	return first[intno] != first[intno + 1];
}

void kernel_interrupt(INTNO intno)
{
	const struct isr_init *isr;

	kernel_assert(intno <= TMAX_INTNO);
	for (isr = first[intno]; isr < first[intno + 1]; isr++) {	/* [INT-1] [INT-2] */
		isr->isr(isr->exinf);					/* [INT-3] */
		handler_ended("an interrupt handler returned with the CPU locked: call iunl_cpu before");
	}
}

/* Ends the task that caused an exception; nothing is running then: see kernel_exception in port.h. */
static void terminate_running(void)
{
	struct task *task = kernel.running;

	kernel.running = NULL;
	kernel.dispatch_disabled = false;				/* [EXC-4] */
	kernel_task_terminate(task);					/* [EXC-3] */
}

bool kernel_exception(T_EXCINF *info)
{
	void (*handler)(VP p_excinf);

	if (info->excno > TMAX_EXCNO || !kernel.running)
		return false;
	handler = kernel_exc_handler[info->excno];
	if (!handler)
		return false;						/* [EXC-2] */
	info->tskid = kernel_task_id(kernel.running);
	info->action = VEXC_TERMINATE;					/* [EXC-3] */
	handler(info);							/* [EXC-1] */
	handler_ended("a CPU exception handler returned with the CPU locked: call iunl_cpu before");
	if (info->action == VEXC_TERMINATE)
		terminate_running();
	return true;							/* [EXC-5] [EXC-6] [EXC-7] */
}
