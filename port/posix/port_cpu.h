/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The posix port's part of the contract that has to be inline: a task's
 * machine state, and masking interrupts. Masked means port_cpu.locked: what
 * comes meanwhile (a signal in real time, the passing of the clock in
 * simulated time) is left to port_unlock, which takes it before it returns.
 *
 * Only the host thread that runs main() touches port_cpu, from its contexts
 * and from its signal handlers; only pending and locked are written by both.
 */
#pragma once

struct port_context {
	void	*sp;			/* where port_switch left it; NULL: starts at the top of the stack */
	void	*stack;			/* lowest address */
	SIZE	size;
	void	*fake_stack;		/* AddressSanitizer's, while not running */
	UD	used;			/* ns of processor time since idle round used_round */
	UD	used_round;
	UD	away;			/* ns that interrupts kept it from running, ever */
};

struct port_cpu {
	volatile bool	locked;		/* interrupts are masked */
	volatile bool	pending;	/* look for interrupts when unlocked */
	UD		clock;		/* simulated time, ns since the start; 0 in real time */
	UD		due;		/* simulated time of the next event; never in real time */
	UD		unlock_cost;	/* what an unlock adds to clock: 0 in real time */
};
extern struct port_cpu port_cpu;

/* Take the interrupts that have come. Unlocked task context. */
void	port_take(void);

static inline void port_lock(void)
{
	port_cpu.locked = true;
	__asm__ volatile("" ::: "memory");
}

static inline void port_unlock(void)
{
	__asm__ volatile("" ::: "memory");
	port_cpu.clock += port_cpu.unlock_cost;
	port_cpu.locked = false;
	if (__builtin_expect(port_cpu.pending || port_cpu.clock >= port_cpu.due, 0))
		port_take();
}
