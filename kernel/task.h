/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The task control block, and how a number becomes one. All members are
 * touched with interrupts masked only, except by the task's own vlog.
 */
#pragma once

#include <unitron/port.h>

#include "config.h"
#include "queue.h"
#include "timer_queue.h"

struct waitable;

/*
 * state holds the bits of the specification: TTS_RDY (ready or running), or
 * TTS_DMT, or one or both of TTS_WAI and TTS_SUS. The task stands in the ready
 * queue exactly when state is TTS_RDY, and link is in a wait queue exactly
 * when TTS_WAI is set and wait_object is not NULL.
 */
struct task {
	struct port_context context;	/* first: kernel_context() counts on it */
	struct kernel_queue link;	/* in the ready queue or in a wait queue */
	PRI	pri;			/* current priority */
	STAT	state;
	bool	tex_enabled;
	bool	tex_due;		/* tex_enabled and texptn not 0: tested after each switch */
	TEXPTN	texptn;			/* pending task exceptions */

	/* While TTS_WAI is set */
	struct waitable *wait_object;	/* whose queue link is in; NULL: slp_tsk, dly_tsk */
	STAT	wait_kind;		/* TTW_* */
	ER	wait_result;		/* what the call will return: set by the release */
	VP_INT	wait_value;		/* what is handed over, in either direction */
	FLGPTN	wait_pattern;		/* event flag: waiptn */
	MODE	wait_mode;		/* event flag: wfmode */
	struct timer_event timer;	/* the end of a wait with time-out */

	PRI	base_pri;
	UINT	actcnt;
	UINT	wupcnt;
	UINT	suscnt;			/* 0 exactly when TTS_SUS is not set */
	struct kernel_queue mutexes;	/* held mutexes, the newest first */
	UINT	logging;		/* calls of vlog under way: see log.c */
	void	*stack;
	const struct task_init *init;
};

extern struct task kernel_task[];

_Static_assert(offsetof(struct task, context) == 0, "port.h: a control block begins with the machine state");

/* tskid is a task's number. */
static inline bool task_id_valid(ID tskid)
{
	return (UINT)tskid - 1 < (UINT)kernel_task_count;
}

/* tskid is a task's number or TSK_SELF. */
static inline bool task_id_valid_self(ID tskid)
{
	return (UINT)tskid <= (UINT)kernel_task_count;
}

static inline struct task *task_of(ID tskid)
{
	return &kernel_task[tskid - 1];
}

/* Task context only: TSK_SELF is the running task. */
static inline struct task *task_of_self(ID tskid)
{
	return tskid == TSK_SELF ? kernel.running : task_of(tskid);
}

/* Set all control blocks up; E_NOMEM: the port has no stack. TA_ACT tasks become ready. */
ER	kernel_task_initialize(void);
/* Make a dormant task ready, as at its first start. */
void	kernel_task_activate(struct task *task);
/*
 * End a task that is not dormant, whatever it does: takes it out of all
 * queues, releases its mutexes, and starts it anew if activations are queued.
 */
void	kernel_task_terminate(struct task *task);
