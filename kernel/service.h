/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every service call shares: in which context it may be called, and how
 * it leaves. A call has one fixed shape: check the context, check the
 * arguments, lock, act, dispatch if a more urgent task is ready, unlock. A
 * call for handlers neither locks nor dispatches: handlers run with interrupts
 * masked, and the port dispatches when the last one has ended: [SCH-6].
 */
#pragma once

#include "invariant.h"
#include "task.h"

/* Task context, CPU not locked: where the calls for tasks are allowed. */
static inline bool in_task(void)
{
	return !kernel.in_handler && !kernel.cpu_locked;
}

/* The same with dispatching enabled: where a call may block. */
static inline bool in_task_dispatching(void)
{
	return in_task() && !kernel.dispatch_disabled;
}

/* Handler context, CPU not locked: where the i-calls are allowed. */
static inline bool in_handler(void)
{
	return kernel.in_handler && !kernel.cpu_locked;
}

static inline bool tmout_valid(TMO tmout)
{
	return tmout >= TMO_FEVR;
}

/* Leave the running task; run its task exceptions when it is back. Locked before and after. */
static inline void switch_task(void)
{
	port_dispatch();
	if (kernel.running->tex_due)
		kernel_tex_run();					/* [TEX-8] */
}

/* The end of a call for tasks: dispatch if need be, unlock. */
static inline void leave(void)
{
	if (kernel_must_dispatch())					/* [SCH-4] [SCH-5] */
		switch_task();
	port_unlock();
}

/* After each handler that the application wrote. */
static inline void handler_ended(const char *left_locked)
{
	if (__builtin_expect(kernel.cpu_locked, 0))
		port_panic(left_locked);				/* [INT-5] */
}
