// SPDX-License-Identifier: GPL-2.0-only
/* Kernel contexts: their first stack, and switching from one to another. */
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <asm/switch_to.h>
#include "lkl.h"

struct task_struct *lkl_current = &init_task;

static struct task_struct *switched_from;

/* What lkl_switch_stack() pops is where to go; the entry finds the stack as after a call. */
void *lkl_prepare_stack(void *top, void (*entry)(void))
{
	unsigned long *sp = PTR_ALIGN_DOWN(top, 16);

	*--sp = 0;
	*--sp = (unsigned long)entry;
	return sp;
}

static void context_entry(void)
{
	schedule_tail(switched_from);
	current->thread.entry(current->thread.arg);
	panic("lkl: a kernel context returned");
}

int copy_thread(struct task_struct *task, const struct kernel_clone_args *args)
{
	if (!args->fn)			/* a fork of the program: its stack can't be copied */
		return -ENOSYS;
	task->thread.entry = args->fn;
	task->thread.arg = args->fn_arg;
	task->thread.sp = lkl_prepare_stack(task_stack_page(task) + THREAD_SIZE, context_entry);
	return 0;
}

struct task_struct *__switch_to(struct task_struct *from, struct task_struct *to)
{
	switched_from = from;
	lkl_current = to;
	lkl_switch_stack(&from->thread.sp, to->thread.sp);
	return switched_from;
}

void flush_thread(void)
{
}

unsigned long __get_wchan(struct task_struct *task)
{
	return 0;
}

void ptrace_disable(struct task_struct *task)
{
}

long arch_ptrace(struct task_struct *task, long request, unsigned long address, unsigned long data)
{
	return -EIO;
}

void show_regs(struct pt_regs *regs)
{
}

/* Return addresses found on the stack, as offsets into the library's text: addr2line needs no more. */
void show_stack(struct task_struct *task, unsigned long *sp, const char *level)
{
	extern char _text[], _etext[];
	unsigned long *at = sp, *end;
	int shown = 0;

	if (!task)
		task = current;
	if (!at)
		at = task == current ? __builtin_frame_address(0) : task->thread.sp;
	end = lkl_on_emergency_stack(at) ? lkl_emergency_stack() : task_stack_page(task) + THREAD_SIZE;
	printk("%sstack (offsets from _text):", level);
	for (; at < end && shown < 24; at++) {
		if (*at < (unsigned long)_text || *at >= (unsigned long)_etext)
			continue;
		pr_cont(" %lx", *at - (unsigned long)_text);
		shown++;
	}
	pr_cont("\n");
}
