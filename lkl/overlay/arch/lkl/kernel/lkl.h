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
void lkl_leave(void);
void __noreturn lkl_stop(enum lkl_state state);
void lkl_keeper(void *argument);

/* switch.S */
void lkl_switch_stack(void **save, void *load);
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
