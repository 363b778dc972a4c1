// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enter and leave: how all threads of an address space become kernelware, and
 * ordinary again, together. See process.h for the invariant, contexts and locks.
 */
#include "prefix.h"
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <unitron/kernelware.h>
#include "compat.h"
#include "process.h"

DEFINE_MUTEX(kw_switching);
struct kw_counts kw_counts;

static struct kw_process *entering;	/* the process whose threads get their notifiers now */

/* ---- work for other threads --------------------------------------------------- */

void kw_work_free(struct kw_work *work)
{
	if (work->thread)
		kw_thread_free(work->thread);
	kw_process_put(work->process);
	kfree(work);
}

struct kw_work *kw_work_new(struct kw_process *process, task_work_func_t function, bool enter, gfp_t gfp)
{
	struct kw_work *work = kzalloc(sizeof(*work), gfp);

	if (!work)
		return NULL;
	init_task_work(&work->work, function);
	work->process = process;
	refcount_inc(&process->refs);
	if (enter)
		work->thread = kw_thread_new(process, gfp);
	return work;
}

/*
 * Task work. The newest comes first: the process may have left meanwhile, and a
 * notifier may be that of an older one, whose kw_leave_thread comes later.
 */
void kw_enter_thread(struct callback_head *head)
{
	struct kw_work *work = container_of(head, struct kw_work, work);
	struct kw_thread *thread = kw_thread_of(current);
	struct kw_process *process = work->process;

	if (current->mm == process->mm && !(current->flags & PF_EXITING)) {
		if (READ_ONCE(process->leaving)) {
			/* The leaver may not have come to this thread yet. */
			wait_for_completion(&process->opened);
		} else if (!thread || thread->process != process) {
			if (thread)
				kw_thread_end();
			kw_thread_begin(work->thread);
			work->thread = NULL;
			/* It could fault, and stubs.S would close pages in which others still run with Linux's IDT. */
			wait_for_completion(&process->closed);
		}
	}
	kw_work_free(work);
}

/* Task work: out, and stay in the kernel until the pages are open */
void kw_leave_thread(struct callback_head *head)
{
	struct kw_work *work = container_of(head, struct kw_work, work);
	struct kw_thread *thread = kw_thread_of(current);
	unsigned long *return_address = (unsigned long *)task_pt_regs(current) - 1;

	/* In the work of a gate, this module may be gone before it returns there. */
	if (*return_address == (unsigned long)kw_worked)
		*return_address = (unsigned long)kw_symbols.return_to_user;
	if (thread && thread->process == work->process)
		kw_thread_end();
	wait_for_completion(&work->process->opened);
	kw_work_free(work);
}

static void free_spare(struct llist_head *spare)
{
	struct kw_work *work, *next;

	llist_for_each_entry_safe(work, next, llist_del_all(spare), spare)
		kw_work_free(work);
}

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
	struct kw_work *work;
	bool lacking;

	if (atomic_read(&current->mm->mm_users) == 1)
		return;
	do {
		while (wanted--)
			llist_add(&kw_work_new(process, function, enter, GFP_KERNEL | __GFP_NOFAIL)->spare, &spare);
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
			work = llist_entry(llist_del_first(&spare), struct kw_work, spare);
			if (task_work_add(thread, &work->work, TWA_RESUME))
				llist_add(&work->spare, &spare);	/* it is exiting */
		}
		rcu_read_unlock();
	} while (lacking);	/* from the start: a second work does no harm */
	free_spare(&spare);
	/* Whoever was in user mode has come in, and finds the work on the way back. */
	on_each_cpu(nothing, NULL, 1);
}

/* ---- enter and leave -------------------------------------------------------- */

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
		if (work->func == kw_enter_thread || work->func == kw_leave_thread)
			process = container_of(work, struct kw_work, work)->process;
	raw_spin_unlock_irqrestore(&current->pi_lock, flags);
	return process;
}

struct kw_process *kw_newest_process(void)
{
	struct kw_thread *thread = kw_thread_of(current);
	struct kw_process *process;

	if (thread && !READ_ONCE(thread->process->leaving))
		return thread->process;
	process = READ_ONCE(entering);
	if (process && process->mm == current->mm)
		return process;
	smp_rmb();	/* work was queued before "entering" was reset */
	return awaited() ?: thread ? thread->process : NULL;
}

static int enter_locked(unsigned int flags)
{
	struct kw_process *process;
	struct kw_thread *thread;
	int err = kw_probes_arm();

	if (err)
		return err;
	process = kw_process_new(current->mm, flags, GFP_KERNEL);
	if (!process)
		return -ENOMEM;
	thread = kw_thread_new(process, GFP_KERNEL);
	if (!thread) {
		kw_process_put(process);
		return -ENOMEM;
	}
	kw_thread_begin(thread);
	WRITE_ONCE(entering, process);
	smp_mb();	/* before the list of threads is read: see probe_fork */
	others_switch(process, kw_enter_thread, true);
	WRITE_ONCE(entering, NULL);
	kw_pages_close(current->mm, process->saved, true);
	complete_all(&process->closed);
	kw_process_put(process);
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
	mutex_lock(&kw_switching);
	process = kw_newest_process();
	if (!process) {
		err = enter_locked(flags);
	} else if (process->leaving) {
		err = -EAGAIN;		/* another thread has just left; its work for this one is on the way */
	} else {
		WRITE_ONCE(process->flags, flags);
		err = -EBUSY;
	}
	mutex_unlock(&kw_switching);
	return err;
}

int kw_leave(void)
{
	struct kw_process *process;
	struct kw_thread *thread;

	mutex_lock(&kw_switching);
	thread = kw_thread_of(current);
	if (!thread || thread->process->leaving) {
		mutex_unlock(&kw_switching);
		return -ESRCH;
	}
	process = thread->process;
	refcount_inc(&process->refs);
	WRITE_ONCE(process->leaving, true);
	smp_mb();	/* before the list of threads is read: see probe_fork */
	others_switch(process, kw_leave_thread, false);
	kw_pages_open(current->mm, process->saved);
	kw_thread_end();
	kw_counts.left++;
	complete_all(&process->opened);
	mutex_unlock(&kw_switching);
	kw_process_put(process);
	return 0;
}
