/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who is kernelware, as thread.c, process.c and probes.c share it. A process
 * (struct kw_process) is an address space; each of its threads has a preempt
 * notifier (struct kw_thread) that loads our IDT when the thread gets a CPU and
 * Linux's when it loses it, so that nobody else ever sees ours.
 *
 * Invariant: while the user half of an mm is closed (pages.c), no thread of it
 * runs user code with Linux's IDT. So enter gives every thread its notifier
 * before it closes, leave opens before it lets a thread go on. Both reach the
 * other threads by task work: a thread that runs is brought into the kernel,
 * one that sleeps there is not woken, and neither sees user mode before its
 * work is done.
 *
 * Contexts and locks: kw_enter and kw_leave run in process context under
 * kw_switching; the probes of fork, exec and exit run with preemption off and
 * take nothing; a thread's notifier is touched by the thread itself only, or
 * before the thread first runs. A process lives as long as a thread or a queued
 * work refers to it.
 */
#pragma once

#include <linux/completion.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/task_work.h>
#include "kw.h"

struct kw_process {
	struct rcu_head rcu;		/* probe_fork looks at processes that are not its own */
	refcount_t refs;
	unsigned int flags;		/* KW_STAY_* */
	struct mm_struct *mm;		/* compared only, after the process has gone */
	void *saved;			/* pages.c */
	struct completion closed;	/* it has entered */
	struct completion opened;	/* it has left */
	bool leaving;
};

struct kw_thread {
	struct preempt_notifier notifier;
	struct kw_process *process;
};

/* How enter and leave reach another thread of the process */
struct kw_work {
	struct callback_head work;
	struct kw_process *process;
	struct kw_thread *thread;	/* for enter: what it gets */
	struct llist_node spare;
};

extern struct mutex kw_switching;

/* ---- thread.c: what a thread and a process are ------------------------------ */

extern atomic_t kw_processes;

/* For current's mm, or one that has not run yet. Any context, by gfp. Has one reference; NULL: no memory. */
struct kw_process *kw_process_new(struct mm_struct *mm, unsigned int flags, gfp_t gfp);
/* Any context */
void kw_process_put(struct kw_process *process);
/* NULL: the task is not kernelware. For current, or a task that has not run yet. */
struct kw_thread *kw_thread_of(struct task_struct *task);
/* Any context, by gfp; takes a reference to the process. NULL: no memory. */
struct kw_thread *kw_thread_new(struct kw_process *process, gfp_t gfp);
void kw_thread_free(struct kw_thread *thread);
/* Current is kernelware from now on. */
void kw_thread_begin(struct kw_thread *thread);
/* The same for a thread that has not run yet. 0 or -ENOMEM. */
int kw_thread_begin_new(struct kw_process *process, struct task_struct *task);
/* Current, which has a kw_thread, is not any more. */
void kw_thread_end(void);
/* For a task that goes on in user mode, or a new one: the program may have changed flags that are not a user's to change. */
void kw_flags_clean(struct task_struct *task);

/* ---- process.c: enter and leave ---------------------------------------------- */

/*
 * The newest process of current's address space, or NULL; it may be leaving, or
 * have left. Others may have entered and left while current was in the middle
 * of a system call. Under kw_switching, or with preemption off.
 */
struct kw_process *kw_newest_process(void);
/* Any context, by gfp. NULL only without __GFP_NOFAIL; with enter, its thread may be NULL then. */
struct kw_work *kw_work_new(struct kw_process *process, task_work_func_t function, bool enter, gfp_t gfp);
void kw_work_free(struct kw_work *work);
/* The two functions of task work */
void kw_enter_thread(struct callback_head *head);
void kw_leave_thread(struct callback_head *head);

/* ---- probes.c: fork, exec and exit --------------------------------------------- */

/* Under kw_switching, before the first process. 0, or -errno with a sentence in the log. */
int kw_probes_arm(void);
/* The last process has ended. Any context. */
void kw_probes_disarm_later(void);
