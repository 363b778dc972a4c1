// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPU: a lock, and whoever holds it runs kernel contexts on its host thread.
 * run() goes from a host stack to the context that is current, lkl_leave() back.
 * A thread whose call blocked parks; its context is gone on with by any holder.
 * Invariant: who releases the lock has looked, after the release, at what others
 * may have asked for meanwhile (pending interrupts, a nearer deadline, device
 * work); who asks stores first and then tries the lock. Both sides have a full
 * fence in between, so one of them sees the other.
 */
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include "lkl.h"

/* Tries at the lock before a thread sleeps; the pause between two doubles up to the second number. */
#define SPIN_TRIES	24
#define SPIN_PAUSE_MAX	32

/* How long the keeper waits, in ns, for a holder that is to take the timer's interrupt. */
#define KEEPER_RETRY	100000

const struct lkl_host_ops *lkl_ops __lkl_keep = NULL;
struct lkl_cpu lkl_cpu __lkl_keep = { .deadline = LKL_NEVER, .keeper_until = LKL_NEVER, .leader_until = LKL_NEVER };

static __always_inline bool try_cpu(void)
{
	int free = 0;

	return __atomic_compare_exchange_n(&lkl_cpu.lock, &free, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static noinline void take_cpu_slowly(struct lkl_thread *self)
{
	unsigned int pause = 1, try, i;

	/* Doubling pauses let the holder make several calls in a row: changing contexts costs more than a call. */
	for (try = 0; try < SPIN_TRIES; try++) {
		for (i = 0; i < pause; i++)
			cpu_relax();
		if (!READ_ONCE(lkl_cpu.lock) && try_cpu())
			return;
		pause = min(pause * 2, (unsigned int)SPIN_PAUSE_MAX);
	}
	for (;;) {
		if (!__atomic_exchange_n(&self->queued, 1, __ATOMIC_SEQ_CST)) {
			self->next_waiter = __atomic_load_n(&lkl_cpu.waiters, __ATOMIC_RELAXED);
			while (!__atomic_compare_exchange_n(&lkl_cpu.waiters, &self->next_waiter, self, true,
							    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
				;
		}
		if (!__atomic_exchange_n(&lkl_cpu.lock, 2, __ATOMIC_SEQ_CST))
			return;
		lkl_ops->park(self, LKL_NEVER);
	}
}

static __always_inline void take_cpu(struct lkl_thread *self)
{
	if (!likely(try_cpu()))
		take_cpu_slowly(self);
}

static noinline void wake_waiters(void)
{
	struct lkl_thread *thread = __atomic_exchange_n(&lkl_cpu.waiters, NULL, __ATOMIC_SEQ_CST), *next;

	for (; thread; thread = next) {
		next = thread->next_waiter;
		__atomic_store_n(&thread->queued, 0, __ATOMIC_SEQ_CST);
		lkl_ops->unpark(thread);
	}
}

/* Threads whose calls are done are told only when the lock is free: earlier they would run into it. */
static noinline void wake_done(struct lkl_thread *thread)
{
	struct lkl_thread *next;

	for (; thread; thread = next) {
		next = thread->next_wake;
		__atomic_store_n(&thread->done, 1, __ATOMIC_RELEASE);
		lkl_ops->unpark(thread);
	}
}

static __always_inline void release_cpu(void)
{
	struct lkl_thread *wakes = lkl_cpu.wakes;

	lkl_cpu.wakes = NULL;
	if (unlikely(__atomic_exchange_n(&lkl_cpu.lock, 0, __ATOMIC_SEQ_CST) == 2))
		wake_waiters();
	if (unlikely(wakes))
		wake_done(wakes);
}

static __always_inline bool alive(void)
{
	return lkl_cpu.state == LKL_RUNNING || lkl_cpu.state == LKL_BOOTING;
}

/* From a host stack, with the lock: go on with the current context until it leaves. */
static __always_inline void run(struct lkl_thread *self)
{
	lkl_cpu.holder = self;
	lkl_switch_stack(&self->host_sp, current->thread.sp);
}

/* Idle, with interrupts masked; returns with them enabled. */
void arch_cpu_idle(void)
{
	if (!READ_ONCE(lkl_irqs_pending))
		lkl_leave();
	raw_local_irq_enable();
}

static __always_inline bool asked_for(void)
{
	return READ_ONCE(lkl_irqs_pending) || READ_ONCE(lkl_cpu.kicked) ||
	       READ_ONCE(lkl_cpu.deadline) < READ_ONCE(lkl_cpu.keeper_until);
}

/* Interrupts that came while nobody could take them. Without the lock. */
static void take_pending(struct lkl_thread *self)
{
	while (READ_ONCE(lkl_irqs_pending) && alive() && try_cpu()) {
		if (alive())
			run(self);
		release_cpu();
	}
}

/* The second half of a release: what others asked for while the lock was held. */
static noinline void look_after_release(struct lkl_thread *self, bool may_block)
{
	u64 deadline;

	take_pending(self);
	/* Called by device_work() below: what is left is for the loop that called it, or the stack would grow. */
	if (self->looking)
		return;
	self->looking = 1;
	while (READ_ONCE(lkl_cpu.kicked) && __atomic_exchange_n(&lkl_cpu.kicked, 0, __ATOMIC_SEQ_CST)) {
		lkl_ops->device_work(may_block);
		take_pending(self);
	}
	self->looking = 0;
	deadline = READ_ONCE(lkl_cpu.deadline);
	if (lkl_cpu.keeper && deadline < READ_ONCE(lkl_cpu.keeper_until) && deadline < READ_ONCE(lkl_cpu.leader_until))
		lkl_ops->unpark(lkl_cpu.keeper);
}

void lkl_cpu_take(struct lkl_thread *self)
{
	take_cpu(self);
}

void lkl_cpu_release(struct lkl_thread *self)
{
	release_cpu();
	if (asked_for())
		look_after_release(self, false);
}

/* A context has made the thread's call. The lock is held. */
void lkl_complete(struct lkl_thread *thread)
{
	thread->request = LKL_REQUEST_NONE;
	if (lkl_cpu.holder == thread) {
		thread->done = 1;
	} else {
		thread->next_wake = lkl_cpu.wakes;
		lkl_cpu.wakes = thread;
	}
}

/*
 * A thread about to park sleeps until the next deadline itself if nobody else
 * does: short sleeps end without the keeper's help. Not if it goes to work on
 * devices first. With the lock.
 */
static u64 lead(struct lkl_thread *self)
{
	u64 deadline = lkl_cpu.deadline;

	if (READ_ONCE(lkl_cpu.kicked) || deadline >= READ_ONCE(lkl_cpu.keeper_until) ||
	    deadline >= lkl_cpu.leader_until)
		return LKL_NEVER;
	lkl_cpu.leader = self;
	WRITE_ONCE(lkl_cpu.leader_until, deadline);
	return deadline;
}

static void stop_leading(struct lkl_thread *self)
{
	if (lkl_cpu.leader != self)
		return;
	lkl_cpu.leader = NULL;
	WRITE_ONCE(lkl_cpu.leader_until, LKL_NEVER);
}

static __always_inline bool is_done(struct lkl_thread *self)
{
	return __atomic_load_n(&self->done, __ATOMIC_ACQUIRE);
}

/* The call blocked: wait until somebody has completed it. With the lock; returns without. */
static noinline void wait_until_done(struct lkl_thread *self)
{
	bool covered;
	u64 until;

	for (;;) {
		/* With device work to do first and no keeper, nobody would sleep for the deadline: once more round. */
		covered = lkl_cpu.keeper || !READ_ONCE(lkl_cpu.kicked);
		until = lead(self);
		release_cpu();
		look_after_release(self, true);
		if (!is_done(self) && covered)
			lkl_ops->park(self, until);
		/* Only this thread makes itself the leader, so an old value read here is not its own name. */
		if (is_done(self) && READ_ONCE(lkl_cpu.leader) != self)
			return;
		take_cpu(self);
		stop_leading(self);
		if (lkl_ops->now_ns() >= lkl_cpu.deadline)
			__atomic_fetch_or(&lkl_irqs_pending, 1, __ATOMIC_SEQ_CST);
		if (!self->done && READ_ONCE(lkl_irqs_pending) && alive())
			run(self);
		if (self->done) {
			lkl_cpu_release(self);
			return;
		}
	}
}

/*
 * Runs contexts until the thread's request is complete. With the lock; returns
 * without. Returns the call's result.
 */
long lkl_drive(struct lkl_thread *self)
{
	run(self);
	if (unlikely(!self->done)) {
		wait_until_done(self);
		return self->result;
	}
	release_cpu();
	if (unlikely(asked_for()))
		look_after_release(self, false);
	return self->result;
}

/* Ends the kernel, from a context or while one runs: all calls under way fail. */
void __noreturn lkl_stop(enum lkl_state state)
{
	long result = state == LKL_PANICKED ? -EIO : -ENODEV;
	struct lkl_thread *thread, *next;

	arch_local_irq_disable();
	WRITE_ONCE(lkl_cpu.state, state);
	for (thread = lkl_cpu.attaching; thread; thread = next) {
		next = thread->next_wake;
		thread->result = result;
		lkl_complete(thread);
	}
	lkl_cpu.attaching = NULL;
	for (thread = lkl_cpu.threads; thread; thread = thread->next) {
		if (thread->request == LKL_REQUEST_NONE)
			continue;
		thread->result = result;
		lkl_complete(thread);
	}
	lkl_leave();
	unreachable();
}

/*
 * The keeper, a host thread that sleeps until the next deadline. It arms itself
 * without the lock: store what it sleeps until, then look at the deadline again.
 */
void lkl_keeper(void *argument)
{
	struct lkl_thread *self = lkl_ops->self();
	u64 until;

	WRITE_ONCE(lkl_cpu.keeper, self);
	while (READ_ONCE(lkl_cpu.state) == LKL_RUNNING) {
		until = READ_ONCE(lkl_cpu.deadline);
		__atomic_exchange_n(&lkl_cpu.keeper_until, until, __ATOMIC_SEQ_CST);
		if (READ_ONCE(lkl_cpu.deadline) != until || READ_ONCE(lkl_cpu.state) != LKL_RUNNING)
			continue;
		lkl_ops->park(self, until);
		if (lkl_ops->now_ns() >= READ_ONCE(lkl_cpu.deadline))
			__atomic_fetch_or(&lkl_irqs_pending, 1, __ATOMIC_SEQ_CST);
		/* A holder takes it itself, where it enables interrupts or when it releases. */
		while (READ_ONCE(lkl_irqs_pending) && READ_ONCE(lkl_cpu.state) == LKL_RUNNING) {
			if (try_cpu()) {
				if (alive())
					run(self);
				lkl_cpu_release(self);
			} else {
				lkl_ops->park(self, lkl_ops->now_ns() + KEEPER_RETRY);
			}
		}
	}
}

void lkl_post_irq(int number)
{
	struct lkl_thread *keeper;

	__atomic_fetch_or(&lkl_irqs_pending, 1UL << number, __ATOMIC_SEQ_CST);
	keeper = READ_ONCE(lkl_cpu.keeper);
	if (keeper)
		lkl_ops->unpark(keeper);
}

void lkl_trigger_irq(int number)
{
	__atomic_fetch_or(&lkl_irqs_pending, 1UL << number, __ATOMIC_SEQ_CST);
	if (alive() && !READ_ONCE(lkl_cpu.lock))
		look_after_release(lkl_ops->self(), false);
}

void lkl_kick(void)
{
	WRITE_ONCE(lkl_cpu.kicked, 1);
}
