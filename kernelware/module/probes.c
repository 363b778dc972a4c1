// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads and processes of kernelware that are born, execute another program or
 * end. See process.h for the invariant, contexts and locks. The probes, and
 * Linux's preempt notifiers, are armed from the first process on and disarmed,
 * by a work item, some time after the last: each change patches Linux's static
 * branches on all CPUs.
 */
#include "prefix.h"
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <unitron/kernelware.h>
#include "process.h"

/* In which the next process may begin; long against a script's pauses, short for who measures other programs */
#define DISARM_DELAY	(2 * HZ)

static bool armed;			/* under kw_switching */

/* A thread is born while its process enters or leaves: its first work */
static int child_waits(struct kw_process *process, struct task_struct *child, task_work_func_t function, bool enter)
{
	struct kw_work *work = kw_work_new(process, function, enter, GFP_ATOMIC);

	if (!work)
		return -ENOMEM;
	if (enter && !work->thread) {
		kw_work_free(work);
		return -ENOMEM;
	}
	if (task_work_add(child, &work->work, TWA_RESUME))
		kw_work_free(work);
	return 0;
}

/* KW_STAY_*; none if another thread has just made the process leave */
static unsigned int stays(struct kw_thread *thread)
{
	return thread && !READ_ONCE(thread->process->leaving) ? thread->process->flags : 0;
}

/* It shares the address space: without a notifier it could not run in closed pages. */
static int thread_born(struct kw_process *process, struct task_struct *child)
{
	if (READ_ONCE(process->leaving))
		return child_waits(process, child, kw_leave_thread, false);
	if (!completion_done(&process->closed))
		return child_waits(process, child, kw_enter_thread, true);
	return kw_thread_begin_new(process, child);
}

/* Its address space is its own, and still open: it may as well stay so if there is no memory. */
static void process_born(unsigned int flags, struct task_struct *child)
{
	struct kw_process *process = kw_process_new(child->mm, flags, GFP_ATOMIC);

	if (!process)
		return;
	if (!kw_thread_begin_new(process, child)) {
		kw_pages_close(child->mm, process->saved, false);
		complete_all(&process->closed);
		kw_counts.inherited++;
	}
	kw_process_put(process);
}

static void probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	unsigned int flags = stays(kw_thread_of(parent));
	struct kw_process *process;

	smp_mb();	/* the child is in the list of threads before "entering" and "leaving" are read: see others_switch */
	if (!child->mm || kw_thread_of(child))
		return;
	if (kw_thread_of(parent))
		kw_flags_clean(child);
	if (child->mm == parent->mm) {
		process = kw_newest_process();
		if (process && thread_born(process, child))
			send_sig(SIGKILL, child, 1);
	} else if (flags & KW_STAY_FORK) {
		process_born(flags, child);
	}
}

static void probe_exec(void *data, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	struct kw_thread *thread = kw_thread_of(current), *next = NULL;
	unsigned int flags = stays(thread);
	struct kw_process *process;

	if (!thread)
		return;
	process = flags & KW_STAY_EXEC ? kw_process_new(current->mm, flags, GFP_ATOMIC) : NULL;
	if (process) {
		next = kw_thread_new(process, GFP_ATOMIC);
		kw_process_put(process);
	}
	kw_thread_end();
	if (next) {
		kw_thread_begin(next);
		kw_pages_close(current->mm, process->saved, true);
		complete_all(&process->closed);
		kw_counts.inherited++;
	}
}

static void probe_exit(void *data, struct task_struct *task)
{
	if (kw_thread_of(current))
		kw_thread_end();
}

static struct probe {
	const char *name;
	void *function;
	struct tracepoint *tracepoint;
} probes[] = {
	{ "sched_process_fork", probe_fork },
	{ "sched_process_exec", probe_exec },
	{ "sched_process_exit", probe_exit },
};

static void probe_find(struct tracepoint *tracepoint, void *data)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tracepoint->name, probes[i].name))
			probes[i].tracepoint = tracepoint;
}

static void probes_remove(unsigned int n)
{
	while (n-- > 0)
		tracepoint_probe_unregister(probes[n].tracepoint, probes[n].function, NULL);
	tracepoint_synchronize_unregister();
}

int kw_probes_arm(void)
{
	unsigned int n;
	int err;

	if (armed)
		return 0;
	for_each_kernel_tracepoint(probe_find, NULL);
	for (n = 0; n < ARRAY_SIZE(probes); n++) {
		err = probes[n].tracepoint ? tracepoint_probe_register(probes[n].tracepoint, probes[n].function, NULL) : -ENOENT;
		if (err) {
			pr_err("cannot follow processes: tracepoint %s: error %d\n", probes[n].name, err);
			probes_remove(n);
			return err;
		}
	}
	preempt_notifier_inc();
	armed = true;
	return 0;
}

static void disarm(struct work_struct *work)
{
	mutex_lock(&kw_switching);
	if (armed && atomic_read(&kw_processes) == 0) {
		probes_remove(ARRAY_SIZE(probes));
		preempt_notifier_dec();
		armed = false;
	}
	mutex_unlock(&kw_switching);
}

static DECLARE_DELAYED_WORK(disarm_work, disarm);

void kw_probes_disarm_later(void)
{
	mod_delayed_work(system_wq, &disarm_work, DISARM_DELAY);
}

void kw_probes_exit(void)
{
	cancel_delayed_work_sync(&disarm_work);
	disarm(NULL);
	/* Threads that have just ended may still be on their last instructions in gate.S and here. */
	if (kw_counts.entered)
		synchronize_rcu_tasks();
}
