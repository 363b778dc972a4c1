// SPDX-License-Identifier: GPL-2.0-only
/*
 * Process 1, without a line changed in init/main.c: the file /init has a binary
 * format of its own, whose loader never returns. It makes a context, a thread
 * of the process, for each host thread that attaches.
 */
#include <linux/binfmts.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "lkl.h"

struct task_struct *lkl_init_task;

static void attach_one(struct lkl_thread *thread)
{
	pid_t pid = user_mode_thread(lkl_thread_main, thread, CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
				     CLONE_THREAD | CLONE_SYSVSEM);

	thread->result = pid < 0 ? pid : 0;
	if (pid >= 0) {
		rcu_read_lock();
		thread->task = find_task_by_vpid(pid);
		rcu_read_unlock();
		thread->boot = lkl_cpu.boot;
		thread->signals = 0;
		thread->next = lkl_cpu.threads;
		thread->link = &lkl_cpu.threads;
		if (thread->next)
			thread->next->link = &thread->next;
		lkl_cpu.threads = thread;
	}
	lkl_complete(thread);
}

static int load_init(struct linux_binprm *program)
{
	struct lkl_thread *thread;
	int error = begin_new_exec(program);

	if (error)
		return error;
	setup_new_exec(program);
	finalize_exec(program);
	/* Signals without a handler must not end the process, whose threads are all of the program's. */
	current->signal->flags |= SIGNAL_UNKILLABLE;
	/* The contexts inherit it. Linux's 50 us would come on top of the host's own slack, in which a wait ends. */
	current->timer_slack_ns = 1;
	lkl_init_task = current;
	WRITE_ONCE(lkl_cpu.state, LKL_RUNNING);
	for (;;) {
		set_current_state(TASK_IDLE);
		thread = lkl_cpu.attaching;
		if (!thread) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		lkl_cpu.attaching = thread->next_wake;
		attach_one(thread);
	}
}

static struct linux_binfmt init_format = {
	.load_binary = load_init,
};

static int __init make_init(void)
{
	struct file *file = filp_open("/init", O_CREAT | O_RDONLY, 0755);

	if (IS_ERR(file))
		return PTR_ERR(file);
	filp_close(file, NULL);
	insert_binfmt(&init_format);
	return 0;
}
late_initcall(make_init);
