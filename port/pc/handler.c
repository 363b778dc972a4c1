/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handler context: what runs between an interrupt's entry and its exit
 * (interrupt.S), on the handler stack, interrupts off. It serves every source
 * that has something, until none has.
 *
 * raised is set in any context, by one locked instruction, and cleared here.
 */
#include "pc.h"

static volatile uint32_t raised;	/* bit n: interrupt n was raised */

/* Return what interrupt.S asks: is there a switch to be done? */
bool	handler_timer(void);
bool	handler_raise(void);

static uint32_t take_raised(void)
{
	uint32_t mask = 0;

	__asm__ volatile("xchgl %0, %1" : "+r"(mask), "+m"(raised) :: "memory");
	return mask;
}

static void serve_raised(void)
{
	uint32_t mask = take_raised();

	while (mask) {
		INTNO intno = (INTNO)__builtin_ctz(mask);

		mask &= mask - 1;
		kernel_interrupt(intno);
	}
}

void handler_begin(void)
{
	kernel.in_handler = true;
	if (__builtin_expect(budget_on, 0))
		budget_handler_begin();
}

void handler_end(void)
{
	do {
		timer_poll();
		if (raised)
			serve_raised();
	} while (raised || timer_due());
	if (__builtin_expect(budget_on, 0))
		budget_handler_end();
	kernel.in_handler = false;
}

bool handler_timer(void)
{
	lapic_eoi();
	timer_shot();
	handler_begin();
	handler_end();
	timer_rearm();
	return kernel_must_dispatch();
}

bool handler_raise(void)
{
	lapic_eoi();
	handler_begin();
	handler_end();
	return kernel_must_dispatch();
}

void port_interrupt_raise(INTNO intno)
{
	__asm__ volatile("lock orl %1, %0" : "+m"(raised) : "r"(1U << intno) : "memory");
	/* A handler's end looks at raised anyway. */
	if (!kernel.in_handler)
		lapic_raise(VECTOR_RAISE);
}
