/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HPET: comparator 0 shoots the timer interrupt, comparator 1 the
 * watchdog's NMI (budget.c), both as messages to the local APIC (FSB; QEMU:
 * -global hpet.msi=on). Comparators and counter are used with 32 bits, which
 * every HPET has. The counter's upper half is kept here: extended is a value
 * of the counter less than a round old, since each comparator is written more
 * often than that. It is one word: any context may read it, and an advance
 * that an NMI undoes or repeats does no harm.
 */
#include "pc.h"
#include "port/common/grid.h"

#define HPET_AT			0xfed00000UL
#define CAPABILITY		0x000
#define PERIOD			0x004
#define CONFIG			0x010
#define CONFIG_ENABLE		1U
#define CONFIG_LEGACY		2U
#define COUNTER			0x0f0
#define TIMER(n)		(0x100 + 0x20 * (n))
#define TIMER_LEVEL		(1U << 1)
#define TIMER_INTERRUPT		(1U << 2)
#define TIMER_PERIODIC		(1U << 3)
#define TIMER_32BIT		(1U << 8)
#define TIMER_FSB		(1U << 14)
#define TIMER_HAS_FSB		(1U << 15)
#define COMPARATOR(n)		(TIMER(n) + 0x08)
#define MESSAGE(n)		(TIMER(n) + 0x10)
#define MESSAGE_AT(n)		(TIMER(n) + 0x14)

#define FS_PER_SECOND		1000000000000000UL
#define LONGEST_PERIOD		100000000U	/* fs; a larger value is not an HPET */
#define REACH			(1U << 30)

#define LAPIC_MESSAGE_AT	0xfee00000U
#define MESSAGE_NMI		0x400U

static uint32_t period;			/* fs; 0: no HPET */
static volatile UD extended;

static uint32_t hpet_read(UD offset)
{
	return *(volatile uint32_t *)(HPET_AT + offset);
}

static void hpet_write(UD offset, uint32_t value)
{
	*(volatile uint32_t *)(HPET_AT + offset) = value;
}

UD hpet_counter(void)
{
	/* First the base, then the counter: an interrupt between may advance both. */
	UD base = extended;

	return base + (hpet_read(COUNTER) - (uint32_t)base);
}

bool hpet_present(void)
{
	if (period == 0) {
		uint32_t found = hpet_read(PERIOD);

		if (found == 0 || found > LONGEST_PERIOD)
			return false;
		period = found;
		hpet_write(CONFIG, (hpet_read(CONFIG) | CONFIG_ENABLE) & ~CONFIG_LEGACY);
	}
	return true;
}

UD hpet_per_tick(UD ticks_per_second)
{
	return grid_ratio(FS_PER_SECOND / ticks_per_second, period);
}

static bool message_setup(unsigned int timer, uint32_t message)
{
	uint32_t config = hpet_read(TIMER(timer));

	if (!(config & TIMER_HAS_FSB))
		return false;
	config &= ~(TIMER_LEVEL | TIMER_PERIODIC);
	config |= TIMER_32BIT | TIMER_FSB;
	hpet_write(TIMER(timer), config & ~TIMER_INTERRUPT);
	hpet_write(MESSAGE(timer), message);
	hpet_write(MESSAGE_AT(timer), LAPIC_MESSAGE_AT | lapic_id() << 12);
	hpet_write(COMPARATOR(timer), hpet_read(COUNTER) + REACH);
	hpet_write(TIMER(timer), config | TIMER_INTERRUPT);
	return true;
}

static const char *setup(void)
{
	if (!hpet_present())
		return "no HPET; boot with timer=lapic";
	if (!message_setup(0, VECTOR_TIMER))
		return "the HPET cannot send messages; give QEMU -global hpet.msi=on, or boot with timer=lapic";
	hpet_source.reach = REACH;
	return NULL;
}

static void compare(UD value)
{
	hpet_write(COMPARATOR(0), (uint32_t)value);
	extended = hpet_counter();
}

const char *hpet_watchdog_setup(void)
{
	if (!hpet_present() || !message_setup(1, MESSAGE_NMI))
		return "budgets need an HPET that can send messages; give QEMU -global hpet.msi=on";
	return NULL;
}

void hpet_watchdog_compare(UD value)
{
	hpet_write(COMPARATOR(1), (uint32_t)value);
	extended = hpet_counter();
}

struct timer_source hpet_source = {
	.name = "hpet",
	.setup = setup,
	.per_tick = hpet_per_tick,
	.counter = hpet_counter,
	.compare = compare,
};
