// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it is to be a kernelware thread, and how long a process lives: see
 * process.h for the invariant, contexts and locks.
 */
#include "prefix.h"
#include <linux/module.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include "process.h"

atomic_t kw_processes;

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

struct kw_thread *kw_thread_of(struct task_struct *task)
{
	struct preempt_notifier *notifier;

	hlist_for_each_entry(notifier, &task->preempt_notifiers, link)
		if (notifier->ops == &notifier_ops)
			return container_of(notifier, struct kw_thread, notifier);
	return NULL;
}

struct kw_thread *kw_thread_new(struct kw_process *process, gfp_t gfp)
{
	struct kw_thread *thread = kzalloc(sizeof(*thread), gfp);

	if (!thread)
		return NULL;
	preempt_notifier_init(&thread->notifier, &notifier_ops);
	thread->process = process;
	refcount_inc(&process->refs);
	return thread;
}

struct kw_process *kw_process_new(struct mm_struct *mm, unsigned int flags, gfp_t gfp)
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
	atomic_inc(&kw_processes);
	__module_get(THIS_MODULE);
	return process;
}

void kw_process_put(struct kw_process *process)
{
	if (!refcount_dec_and_test(&process->refs))
		return;
	kfree(process->saved);
	kfree_rcu(process, rcu);
	kw_counts.ended++;
	if (atomic_dec_and_test(&kw_processes))
		kw_probes_disarm_later();
	module_put(THIS_MODULE);
}

void kw_thread_free(struct kw_thread *thread)
{
	kw_process_put(thread->process);
	kfree(thread);
}

void kw_thread_begin(struct kw_thread *thread)
{
	preempt_disable();
	preempt_notifier_register(&thread->notifier);
	sched_in(&thread->notifier, smp_processor_id());
	preempt_enable();
}

void kw_flags_clean(struct task_struct *task)
{
	struct pt_regs *regs = task_pt_regs(task);

	regs->flags = (regs->flags & ~(X86_EFLAGS_IOPL | X86_EFLAGS_NT)) | X86_EFLAGS_IF;
}

void kw_thread_end(void)
{
	struct kw_thread *thread = kw_thread_of(current);

	preempt_disable();
	preempt_notifier_unregister(&thread->notifier);
	sched_out(&thread->notifier, NULL);
	preempt_enable();
	kw_flags_clean(current);
	kw_thread_free(thread);
}

int kw_thread_begin_new(struct kw_process *process, struct task_struct *task)
{
	struct kw_thread *thread = kw_thread_new(process, GFP_ATOMIC);

	if (!thread)
		return -ENOMEM;
	hlist_add_head(&thread->notifier.link, &task->preempt_notifiers);
	return 0;
}
