/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this directory share. Invariant: while the CPU lock is
 * free, the context of `current` is suspended in lkl_leave(), with interrupts
 * masked, either idle or at rest between two calls of its program; so any host
 * thread that gets the lock can go on with it.
 */
#ifndef _LKL_H
#define _LKL_H

#include <linux/cache.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <asm/host.h>

enum lkl_state { LKL_DOWN, LKL_BOOTING, LKL_RUNNING, LKL_HALTED, LKL_PANICKED };

/* Values of struct lkl_thread's request */
enum { LKL_REQUEST_NONE, LKL_REQUEST_ASKED, LKL_REQUEST_MADE };

/* Variables that outlive a boot: lkl_restore_image() leaves them alone. */
#define __lkl_keep __section(".data.lkl_keep")

struct lkl_cpu {
	int			lock;		/* 0 free, 1 held, 2 held and somebody may wait */
	int			kicked;		/* device_work() has something to do; atomic */
	enum lkl_state		state;
	struct lkl_thread	*holder;	/* host thread on which contexts run */
	struct lkl_thread	*wakes;		/* to be told, once the lock is free, that they are done */
	u64			deadline;	/* next timer event */
	u64			keeper_until;	/* until when the keeper sleeps; written by it without the lock */
	u64			leader_until;	/* the same of the leader, a blocked thread */
	struct lkl_thread	*leader;
	struct lkl_thread	*keeper;
	struct lkl_thread	*waiters;	/* stack of those who wait for the lock; atomic */
	struct lkl_thread	*threads;	/* all that are attached */
	struct lkl_thread	*attaching;	/* requests to the init task, by next_wake */
	struct lkl_thread	*halting;	/* its calls still count; others' give -ENODEV */
	unsigned long		boot;		/* counts boots, from 1 */
};

extern const struct lkl_host_ops *lkl_ops;
extern struct lkl_cpu lkl_cpu;

/* cpu.c */
void lkl_cpu_take(struct lkl_thread *self);
void lkl_cpu_release(struct lkl_thread *self);
long lkl_drive(struct lkl_thread *self);
void lkl_complete(struct lkl_thread *thread);
void __noreturn lkl_stop(enum lkl_state state);
void lkl_keeper(void *argument);

/*
 * Switches between stacks, of kernel contexts and of host threads alike: where to
 * go on lies on top of the stack that is left, lkl_prepare_stack() lays out a first
 * one. Inline, and by a jump: returns go back to where the CPU saw the call, and
 * one that goes elsewhere costs more than the rest of the switch.
 *
 *	the stack that is left		one that begins
 *	+8  its frame pointer		+8  0, as a return address
 *	 0  label 1  <- *save		 0  entry  <- load
 */
static __always_inline void lkl_switch_stack(void **save, void *load)
{
	asm volatile("pushq	%%rbp\n\t"
		     "leaq	1f(%%rip), %%rax\n\t"
		     "pushq	%%rax\n\t"
		     "movq	%%rsp, (%0)\n\t"
		     "movq	%1, %%rsp\n\t"
		     "popq	%%rax\n\t"
		     "jmpq	*%%rax\n"
		     "1:\tpopq	%%rbp"
		     : "+D" (save), "+S" (load) :
		     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
		       "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
		       "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory");
}

/* From a context, with interrupts masked: give the host thread its own stack back. */
static __always_inline void lkl_leave(void)
{
	lkl_switch_stack(&current->thread.sp, lkl_cpu.holder->host_sp);
}

/* fault.S */
void lkl_fault_entry(void);

/* stack.c */
bool lkl_in_guard(unsigned long address);
void *lkl_emergency_stack(void);
bool lkl_on_emergency_stack(const void *object);

/* direct.c, halt.c */
long lkl_retry_direct(long number, const long *arguments);
int lkl_quiesce(void);

/* process.c, thread.c, init.c, time.c */
void *lkl_prepare_stack(void *top, void (*entry)(void));
int lkl_thread_main(void *thread);
long lkl_ask_quiesce(void);
void lkl_timer_irq(void);
extern struct task_struct *lkl_init_task;

#endif
