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
static uint32_t device_mask;		/* what VECTOR_DEVICE raises */

/* Return what interrupt.S asks: is there a switch to be done? */
bool	handler_timer(void);
bool	handler_raise(void);
bool	handler_device(void);

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

static void mark_raised(uint32_t mask)
{
	__asm__ volatile("lock orl %1, %0" : "+m"(raised) : "r"(mask) : "memory");
}

bool handler_device(void)
{
	lapic_eoi();
	mark_raised(device_mask);
	handler_begin();
	handler_end();
	return kernel_must_dispatch();
}

void handler_device_raises(INTNO intno)
{
	device_mask = 1U << intno;
}

void port_interrupt_raise(INTNO intno)
{
	mark_raised(1U << intno);
	/* A handler's end looks at raised anyway. */
	if (!kernel.in_handler)
		lapic_raise(VECTOR_RAISE);
}
