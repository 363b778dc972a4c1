/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pc port's part of the contract that has to be inline: a task's machine
 * state, and masking interrupts, which here is the processor's own flag. The
 * assembly sources know the offsets (layout.h; layout.c holds them to this).
 */
#pragma once

struct port_context {
	void	*sp;			/* where the switch left it: callee-saved registers, return address */
	uint32_t special;		/* CONTEXT_*: what a switch to it must do besides */
	uint32_t used_round;		/* idle round that used counts from */
	void	*stack;			/* lowest address; NULL: the idle context */
	void	*stack_top;		/* where a new task begins; its FPU registers are saved above */
	UD	used;			/* cycles it ran since the system was last idle, with a budget */
};

static inline void port_lock(void)
{
	__asm__ volatile("cli" ::: "memory");
}

/* The nop ends the one-instruction shadow of sti: what is pending is taken before this returns. */
static inline void port_unlock(void)
{
	__asm__ volatile("sti; nop" ::: "memory");
}
