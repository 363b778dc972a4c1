// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host threads and their kernel contexts. Each calling thread has a context, a
 * thread of process 1, which sleeps or rests until there is a call to make. It
 * rests as `current` when nothing else can run: then the next call is direct.
 */
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/resume_user_mode.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/signal.h>
#include <linux/unistd.h>
#include "lkl.h"

/* In place of a system call's number */
#define NUMBER_EXIT	(-1L)	/* end the context */
#define NUMBER_QUIESCE	(-2L)	/* prepare for a halt */

long lkl_make_call(long number, const long *arguments);

static __always_inline long make_call(struct lkl_thread *thread)
{
	long result;

	if (unlikely(thread->number == NUMBER_QUIESCE))
		return lkl_quiesce();
	result = lkl_make_call(thread->number, thread->arguments);
	if (unlikely(result == -EFAULT))
		result = lkl_retry_direct(thread->number, thread->arguments);
	return result;
}

/* What a return to user mode does elsewhere. */
static __always_inline long after_call(struct lkl_thread *thread, long result)
{
	if (unlikely(current->task_works))
		resume_user_mode_work(NULL);
	if (unlikely(signal_pending(current))) {
		struct ksignal signal;

		/* Handlers are the host program's affair: the signal is only noted. */
		while (get_signal(&signal))
			thread->signals |= 1UL << (signal.sig - 1);
		restore_saved_sigmask();
	}
	switch (result) {
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		result = -EINTR;
	}
	/* Nothing schedules on the direct path: tiny RCU must be told of the quiet state. */
	rcu_qs();
	return result;
}

static void wait_for_request(struct lkl_thread *thread)
{
	bool rested = false;

	while (READ_ONCE(thread->request) != LKL_REQUEST_ASKED) {
		if (!rested && lkl_cpu.holder == thread && thread->done && !need_resched() && single_task_running()) {
			rested = true;
			local_irq_disable();
			if (!READ_ONCE(lkl_irqs_pending))
				lkl_leave();
			local_irq_enable();
			continue;
		}
		/* Somebody else goes on with this context, or others want to run: no longer at rest. */
		set_current_state(TASK_IDLE);
		if (READ_ONCE(thread->request) != LKL_REQUEST_ASKED)
			schedule();
		__set_current_state(TASK_RUNNING);
		rested = false;
	}
	if (unlikely(need_resched()))
		schedule();
}

static void unlink_thread(struct lkl_thread *thread)
{
	*thread->link = thread->next;
	if (thread->next)
		thread->next->link = thread->link;
	thread->task = NULL;
}

int lkl_thread_main(void *argument)
{
	struct lkl_thread *thread = argument;

	for (;;) {
		wait_for_request(thread);
		thread->request = LKL_REQUEST_MADE;
		if (unlikely(thread->number == NUMBER_EXIT))
			break;
		thread->result = after_call(thread, make_call(thread));
		if (unlikely(lkl_cpu.halting) && lkl_cpu.halting != thread)
			thread->result = -ENODEV;
		lkl_complete(thread);
	}
	unlink_thread(thread);
	thread->result = 0;
	lkl_complete(thread);
	do_exit(0);
}

static long enter(struct lkl_thread *self, long number, long *arguments)
{
	self->number = number;
	self->arguments = arguments;
	self->done = 0;
	lkl_cpu_take(self);
	if (unlikely(lkl_cpu.state != LKL_RUNNING)) {
		long result = lkl_cpu.state == LKL_PANICKED ? -EIO : -ENODEV;

		lkl_cpu_release(self);
		return result;
	}
	self->request = LKL_REQUEST_ASKED;
	if (unlikely(current != self->task))
		wake_up_process(self->task);
	return lkl_drive(self);
}

static noinline long attach(struct lkl_thread *self)
{
	long result = -ENODEV;

	self->done = 0;
	lkl_cpu_take(self);
	if (lkl_cpu.state == LKL_RUNNING) {
		self->request = LKL_REQUEST_ASKED;
		self->next_wake = lkl_cpu.attaching;
		lkl_cpu.attaching = self;
		wake_up_process(lkl_init_task);
		return lkl_drive(self);
	}
	if (lkl_cpu.state == LKL_PANICKED)
		result = -EIO;
	lkl_cpu_release(self);
	return result;
}

static __always_inline long call(long number, long *arguments)
{
	struct lkl_thread *self;
	long result;

	if (unlikely(READ_ONCE(lkl_cpu.state) != LKL_RUNNING))
		return lkl_cpu.state == LKL_PANICKED ? -EIO : -ENODEV;
	self = lkl_ops->self();
	if (unlikely(self->inside))
		return -EDEADLK;
	self->inside = 1;
	if (unlikely(!self->task || self->boot != lkl_cpu.boot)) {
		result = attach(self);
		if (result < 0)
			goto out;
	}
	result = enter(self, number, arguments);
out:
	WRITE_ONCE(self->inside, 0);
	return result;
}

long lkl_syscall(long number, long *arguments)
{
	/* Negative numbers mean other things inside; this one nothing. */
	return call(number < 0 ? __NR_syscalls : number, arguments);
}

/* For the halt: 0 or -errno of a file system; -ENODEV or -EIO as lkl_syscall(). */
long lkl_ask_quiesce(void)
{
	return call(NUMBER_QUIESCE, NULL);
}

void lkl_thread_exit(void)
{
	struct lkl_thread *self;

	if (READ_ONCE(lkl_cpu.state) != LKL_RUNNING)
		return;
	self = lkl_ops->self();
	if (self->inside || !self->task || self->boot != lkl_cpu.boot)
		return;
	self->inside = 1;
	enter(self, NUMBER_EXIT, NULL);
	WRITE_ONCE(self->inside, 0);
}
