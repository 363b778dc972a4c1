// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is kernelware. A process (struct kw_process) is an address space; each of
 * its threads has a preempt notifier (struct kw_thread) that loads our IDT when
 * the thread gets a CPU and Linux's when it loses it, so that nobody else ever
 * sees ours.
 *
 * Invariant: while the user half of an mm is closed (pages.c), no thread of it
 * runs user code with Linux's IDT. So enter gives every thread its notifier
 * before it closes, leave opens before it lets a thread go on. Both reach the
 * other threads by task work: a thread that runs is brought into the kernel,
 * one that sleeps there is not woken, and neither sees user mode before its
 * work is done.
 *
 * Contexts and locks: kw_enter and kw_leave run in process context under
 * switching; the probes of fork, exec and exit run with preemption off and take
 * nothing; a thread's notifier is touched by the thread itself only, or before
 * the thread first runs. A process lives as long as a thread or a queued work
 * refers to it. The probes, and Linux's preempt notifiers, are armed from the
 * first process on and disarmed, by a work item, some time after the last: each
 * change patches Linux's static branches on all CPUs.
 */
#include "prefix.h"
#include <linux/completion.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/task_work.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <unitron/kernelware.h>
#include "compat.h"
#include "kw.h"

DECLARE_PER_CPU(u32, kw_here);

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
struct thread_work {
	struct callback_head work;
	struct kw_process *process;
	struct kw_thread *thread;	/* for enter: what it gets */
	struct llist_node spare;
};

struct kw_counts kw_counts;

/* In which the next process may begin; long against a script's pauses, short for who measures other programs */
#define DISARM_DELAY	(2 * HZ)

static DEFINE_MUTEX(switching);
static struct kw_process *entering;	/* the process whose threads get their notifiers now */
static atomic_t processes;
static bool armed;			/* under switching */

/* ---- threads -------------------------------------------------------------- */

static void sched_in(struct preempt_notifier *notifier, int cpu)
{
	__this_cpu_write(kw_here, 1);
	kw_idt_load(true);
}

static void sched_out(struct preempt_notifier *notifier, struct task_struct *next)
{
	kw_idt_load(false);
	__this_cpu_write(kw_here, 0);
}

static struct preempt_ops notifier_ops = { .sched_in = sched_in, .sched_out = sched_out };

static struct kw_thread *thread_of(struct task_struct *task)
{
	struct preempt_notifier *notifier;

	hlist_for_each_entry(notifier, &task->preempt_notifiers, link)
		if (notifier->ops == &notifier_ops)
			return container_of(notifier, struct kw_thread, notifier);
	return NULL;
}

static struct kw_thread *thread_new(struct kw_process *process, gfp_t gfp)
{
	struct kw_thread *thread = kzalloc(sizeof(*thread), gfp);

	if (!thread)
		return NULL;
	preempt_notifier_init(&thread->notifier, &notifier_ops);
	thread->process = process;
	refcount_inc(&process->refs);
	return thread;
}

static void disarm(struct work_struct *work);
static DECLARE_DELAYED_WORK(disarm_work, disarm);

/* Any context */
static void process_put(struct kw_process *process)
{
	if (!refcount_dec_and_test(&process->refs))
		return;
	kfree(process->saved);
	kfree_rcu(process, rcu);
	kw_counts.ended++;
	if (atomic_dec_and_test(&processes))
		mod_delayed_work(system_wq, &disarm_work, DISARM_DELAY);
	module_put(THIS_MODULE);
}

static void thread_free(struct kw_thread *thread)
{
	process_put(thread->process);
	kfree(thread);
}

/* Current is kernelware from now on. */
static void thread_begin(struct kw_thread *thread)
{
	preempt_disable();
	preempt_notifier_register(&thread->notifier);
	sched_in(&thread->notifier, smp_processor_id());
	preempt_enable();
}

/* For a task that goes on in user mode, or a new one: the program may have changed flags that are not a user's to change. */
static void flags_clean(struct task_struct *task)
{
	struct pt_regs *regs = task_pt_regs(task);

	regs->flags = (regs->flags & ~(X86_EFLAGS_IOPL | X86_EFLAGS_NT)) | X86_EFLAGS_IF;
}

/* Current, which has a kw_thread, is not any more. */
static void thread_end(void)
{
	struct kw_thread *thread = thread_of(current);

	preempt_disable();
	preempt_notifier_unregister(&thread->notifier);
	sched_out(&thread->notifier, NULL);
	preempt_enable();
	flags_clean(current);
	thread_free(thread);
}

/* The same for a thread that has not run yet */
static int thread_begin_new(struct kw_process *process, struct task_struct *task)
{
	struct kw_thread *thread = thread_new(process, GFP_ATOMIC);

	if (!thread)
		return -ENOMEM;
	hlist_add_head(&thread->notifier.link, &task->preempt_notifiers);
	return 0;
}

/* ---- processes ------------------------------------------------------------- */

/* For current's mm, or one that has not run yet. Any context, by gfp. Has one reference; NULL: no memory. */
static struct kw_process *process_new(struct mm_struct *mm, unsigned int flags, gfp_t gfp)
{
	struct kw_process *process = kzalloc(sizeof(*process), gfp);

	if (!process)
		return NULL;
	process->saved = kw_pages_prepare(gfp);
	if (IS_ERR(process->saved)) {
		kfree(process);
		return NULL;
	}
	refcount_set(&process->refs, 1);
	process->flags = flags;
	process->mm = mm;
	init_completion(&process->closed);
	init_completion(&process->opened);
	atomic_inc(&processes);
	__module_get(THIS_MODULE);
	return process;
}

/* ---- work for other threads --------------------------------------------------- */

static void thread_work_free(struct thread_work *work)
{
	if (work->thread)
		thread_free(work->thread);
	process_put(work->process);
	kfree(work);
}

/* NULL only without __GFP_NOFAIL */
static struct thread_work *thread_work_new(struct kw_process *process, task_work_func_t function, bool enter, gfp_t gfp)
{
	struct thread_work *work = kzalloc(sizeof(*work), gfp);

	if (!work)
		return NULL;
	init_task_work(&work->work, function);
	work->process = process;
	refcount_inc(&process->refs);
	if (enter)
		work->thread = thread_new(process, gfp);
	return work;
}

/*
 * Task work. The newest comes first: the process may have left meanwhile, and a
 * notifier may be that of an older one, whose leave_thread comes later.
 */
static void enter_thread(struct callback_head *head)
{
	struct thread_work *work = container_of(head, struct thread_work, work);
	struct kw_thread *thread = thread_of(current);
	struct kw_process *process = work->process;

	if (current->mm == process->mm && !(current->flags & PF_EXITING)) {
		if (READ_ONCE(process->leaving)) {
			/* The leaver may not have come to this thread yet. */
			wait_for_completion(&process->opened);
		} else if (!thread || thread->process != process) {
			if (thread)
				thread_end();
			thread_begin(work->thread);
			work->thread = NULL;
			/* It could fault, and stubs.S would close pages in which others still run with Linux's IDT. */
			wait_for_completion(&process->closed);
		}
	}
	thread_work_free(work);
}

/* Task work: out, and stay in the kernel until the pages are open */
static void leave_thread(struct callback_head *head)
{
	struct thread_work *work = container_of(head, struct thread_work, work);
	struct kw_thread *thread = thread_of(current);
	unsigned long *return_address = (unsigned long *)task_pt_regs(current) - 1;

	/* In the work of a gate, this module may be gone before it returns there. */
	if (*return_address == (unsigned long)kw_worked)
		*return_address = (unsigned long)kw_symbols.return_to_user;
	if (thread && thread->process == work->process)
		thread_end();
	wait_for_completion(&work->process->opened);
	thread_work_free(work);
}

static void free_spare(struct llist_head *spare)
{
	struct thread_work *work, *next;

	llist_for_each_entry_safe(work, next, llist_del_all(spare), spare)
		thread_work_free(work);
}

/* ---- probes ---------------------------------------------------------------- */

/* A thread is born while its process enters or leaves: its first work */
static int child_waits(struct kw_process *process, struct task_struct *child, task_work_func_t function, bool enter)
{
	struct thread_work *work = thread_work_new(process, function, enter, GFP_ATOMIC);

	if (!work)
		return -ENOMEM;
	if (enter && !work->thread) {
		thread_work_free(work);
		return -ENOMEM;
	}
	if (task_work_add(child, &work->work, TWA_RESUME))
		thread_work_free(work);
	return 0;
}

/*
 * What current has still to enter or leave: its newest work of that kind, which
 * is the first of its list. The work's reference keeps the process.
 */
static struct kw_process *awaited(void)
{
	struct kw_process *process = NULL;
	struct callback_head *work;
	unsigned long flags;

	raw_spin_lock_irqsave(&current->pi_lock, flags);	/* as task_work_cancel does */
	/* The list ends with NULL, or with a work without a function. */
	for (work = READ_ONCE(current->task_works); work && work->func && !process; work = work->next)
		if (work->func == enter_thread || work->func == leave_thread)
			process = container_of(work, struct thread_work, work)->process;
	raw_spin_unlock_irqrestore(&current->pi_lock, flags);
	return process;
}

/*
 * The newest process of current's address space, or NULL; it may be leaving, or
 * have left. Others may have entered and left while current was in the middle
 * of a system call.
 */
static struct kw_process *newest_process(void)
{
	struct kw_thread *thread = thread_of(current);
	struct kw_process *process;

	if (thread && !READ_ONCE(thread->process->leaving))
		return thread->process;
	process = READ_ONCE(entering);
	if (process && process->mm == current->mm)
		return process;
	smp_rmb();	/* work was queued before "entering" was reset */
	return awaited() ?: thread ? thread->process : NULL;
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
		return child_waits(process, child, leave_thread, false);
	if (!completion_done(&process->closed))
		return child_waits(process, child, enter_thread, true);
	return thread_begin_new(process, child);
}

/* Its address space is its own, and still open: it may as well stay so if there is no memory. */
static void process_born(unsigned int flags, struct task_struct *child)
{
	struct kw_process *process = process_new(child->mm, flags, GFP_ATOMIC);

	if (!process)
		return;
	if (!thread_begin_new(process, child)) {
		kw_pages_close(child->mm, process->saved, false);
		complete_all(&process->closed);
		kw_counts.inherited++;
	}
	process_put(process);
}

static void probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	unsigned int flags = stays(thread_of(parent));
	struct kw_process *process;

	smp_mb();	/* the child is in the list of threads before "entering" and "leaving" are read: see others_switch */
	if (!child->mm || thread_of(child))
		return;
	if (thread_of(parent))
		flags_clean(child);
	if (child->mm == parent->mm) {
		process = newest_process();
		if (process && thread_born(process, child))
			send_sig(SIGKILL, child, 1);
	} else if (flags & KW_STAY_FORK) {
		process_born(flags, child);
	}
}

static void probe_exec(void *data, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	struct kw_thread *thread = thread_of(current), *next = NULL;
	unsigned int flags = stays(thread);
	struct kw_process *process;

	if (!thread)
		return;
	process = flags & KW_STAY_EXEC ? process_new(current->mm, flags, GFP_ATOMIC) : NULL;
	if (process) {
		next = thread_new(process, GFP_ATOMIC);
		process_put(process);
	}
	thread_end();
	if (next) {
		thread_begin(next);
		kw_pages_close(current->mm, process->saved, true);
		complete_all(&process->closed);
		kw_counts.inherited++;
	}
}

static void probe_exit(void *data, struct task_struct *task)
{
	if (thread_of(current))
		thread_end();
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

/* Under switching */
static int arm(void)
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
	mutex_lock(&switching);
	if (armed && atomic_read(&processes) == 0) {
		probes_remove(ARRAY_SIZE(probes));
		preempt_notifier_dec();
		armed = false;
	}
	mutex_unlock(&switching);
}

void kw_process_exit(void)
{
	cancel_delayed_work_sync(&disarm_work);
	disarm(NULL);
	/* Threads that have just ended may still be on their last instructions in gate.S and here. */
	if (kw_counts.entered)
		synchronize_rcu_tasks();
}

/* ---- enter and leave -------------------------------------------------------- */

static void nothing(void *data)
{
}

/*
 * Queue the work to all other threads that use current's address space, those
 * of vfork's children too. Afterwards none of them runs user code before it has
 * done it. A thread that is born meanwhile is met in the list, or by probe_fork.
 */
static void others_switch(struct kw_process *process, task_work_func_t function, bool enter)
{
	LLIST_HEAD(spare);
	unsigned int wanted = get_nr_threads(current);
	struct task_struct *leader, *thread;
	struct thread_work *work;
	bool lacking;

	if (atomic_read(&current->mm->mm_users) == 1)
		return;
	do {
		while (wanted--)
			llist_add(&thread_work_new(process, function, enter, GFP_KERNEL | __GFP_NOFAIL)->spare, &spare);
		wanted = 0;
		lacking = false;
		rcu_read_lock();
		for_each_process_thread(leader, thread) {
			if (READ_ONCE(thread->mm) != current->mm || thread == current ||
			    thread->flags & (PF_KTHREAD | COMPAT_PF_WORKER | PF_EXITING))
				continue;
			wanted++;
			if (llist_empty(&spare)) {
				lacking = true;
				continue;
			}
			work = llist_entry(llist_del_first(&spare), struct thread_work, spare);
			if (task_work_add(thread, &work->work, TWA_RESUME))
				llist_add(&work->spare, &spare);	/* it is exiting */
		}
		rcu_read_unlock();
	} while (lacking);	/* from the start: a second work does no harm */
	free_spare(&spare);
	/* Whoever was in user mode has come in, and finds the work on the way back. */
	on_each_cpu(nothing, NULL, 1);
}

static int enter_locked(unsigned int flags)
{
	struct kw_process *process;
	struct kw_thread *thread;
	int err = arm();

	if (err)
		return err;
	process = process_new(current->mm, flags, GFP_KERNEL);
	if (!process)
		return -ENOMEM;
	thread = thread_new(process, GFP_KERNEL);
	if (!thread) {
		process_put(process);
		return -ENOMEM;
	}
	thread_begin(thread);
	WRITE_ONCE(entering, process);
	smp_mb();	/* before the list of threads is read: see probe_fork */
	others_switch(process, enter_thread, true);
	WRITE_ONCE(entering, NULL);
	kw_pages_close(current->mm, process->saved, true);
	complete_all(&process->closed);
	process_put(process);
	kw_counts.entered++;
	return 0;
}

int kw_enter(unsigned int flags)
{
	struct kw_process *process;
	int err;

	if (flags & ~(KW_STAY_FORK | KW_STAY_EXEC))
		return -EINVAL;
	if (compat_shadow_stack(current))
		return -EOPNOTSUPP;
	mutex_lock(&switching);
	process = newest_process();
	if (!process) {
		err = enter_locked(flags);
	} else if (process->leaving) {
		err = -EAGAIN;		/* another thread has just left; its work for this one is on the way */
	} else {
		WRITE_ONCE(process->flags, flags);
		err = -EBUSY;
	}
	mutex_unlock(&switching);
	return err;
}

int kw_leave(void)
{
	struct kw_process *process;
	struct kw_thread *thread;

	mutex_lock(&switching);
	thread = thread_of(current);
	if (!thread || thread->process->leaving) {
		mutex_unlock(&switching);
		return -ESRCH;
	}
	process = thread->process;
	refcount_inc(&process->refs);
	WRITE_ONCE(process->leaving, true);
	smp_mb();	/* before the list of threads is read: see probe_fork */
	others_switch(process, leave_thread, false);
	kw_pages_open(current->mm, process->saved);
	thread_end();
	kw_counts.left++;
	complete_all(&process->opened);
	mutex_unlock(&switching);
	process_put(process);
	return 0;
}
