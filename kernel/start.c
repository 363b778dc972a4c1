/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initial state of everything, for each start of the real-time side: the
 * same memory serves a second start, so nothing relies on its being zero.
 */
#include "interrupt.h"
#include "log.h"
#include "schedule.h"
#include "tables.h"
#include "time_manage.h"

/* Service calls inside initialisation routines find a locked handler context: only sns_xxx and vlog make sense. */
static void run_init_routines(void)
{
	UINT i;

	kernel.in_handler = true;
	kernel.cpu_locked = true;
	for (i = 0; i < kernel_ini_count; i++)
		kernel_ini_init[i].inirtn(kernel_ini_init[i].exinf);	/* [INT-4] */
	kernel.in_handler = false;
	kernel.cpu_locked = false;
}

ER kernel_initialize(void)
{
	ER result;

	kernel.in_handler = false;
	kernel.cpu_locked = false;
	kernel.dispatch_disabled = false;
	kernel.started = false;
	kernel_log_initialize();
	kernel_ready_initialize();
	kernel_clock_initialize();
	kernel_interrupt_initialize();
	kernel_semaphore_initialize();
	kernel_eventflag_initialize();
	kernel_dataqueue_initialize();
	kernel_mailbox_initialize();
	kernel_mutex_initialize();
	kernel_mempool_fixed_initialize();
	kernel_cyclic_initialize();
	kernel_alarm_initialize();
	result = kernel_task_initialize();
	if (result != E_OK)
		return result;
	run_init_routines();
	kernel_clock_start();
	kernel.started = true;
	return E_OK;
}
