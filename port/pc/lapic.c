/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC: interrupting the own processor, and the second timer source:
 * the time-stamp counter, with the APIC's timer shooting at a value of it, by
 * its deadline mode or, where that is missing, by a count that was measured.
 */
#include "pc.h"
#include "port/common/grid.h"

#define LAPIC_AT		0xfee00000UL
#define LAPIC_ID		0x020
#define LAPIC_PRIORITY		0x080
#define LAPIC_EOI		0x0b0
#define LAPIC_SPURIOUS		0x0f0
#define LAPIC_COMMAND		0x300
#define LAPIC_LVT_TIMER		0x320
#define LAPIC_LVT_LINT0		0x350
#define LAPIC_LVT_LINT1		0x360
#define LAPIC_LVT_ERROR		0x370
#define LAPIC_COUNT		0x380
#define LAPIC_COUNTER		0x390
#define LAPIC_DIVIDE		0x3e0

#define SPURIOUS_ENABLE		0x100U
#define COMMAND_SELF		(1U << 18)
#define LVT_MASKED		(1U << 16)
#define LVT_DEADLINE		(2U << 17)
#define DIVIDE_BY_1		0xbU

#define MSR_APIC_BASE		0x1b
#define APIC_BASE_X2APIC	(1UL << 10)
#define APIC_BASE_ENABLE	(1UL << 11)
#define MSR_TSC_DEADLINE	0x6e0
#define CPUID_DEADLINE		(1U << 24)	/* leaf 1, ecx */

#define PIC_MASTER		0x21
#define PIC_SLAVE		0xa1

static UD count_per_tsc;		/* 32.32; 0: deadline mode */

static uint32_t lapic_read(UD offset)
{
	return *(volatile uint32_t *)(LAPIC_AT + offset);
}

static void lapic_write(UD offset, uint32_t value)
{
	*(volatile uint32_t *)(LAPIC_AT + offset) = value;
}

uint32_t lapic_id(void)
{
	return lapic_read(LAPIC_ID) >> 24;
}

void lapic_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}

void lapic_raise(uint8_t vector)
{
	lapic_write(LAPIC_COMMAND, COMMAND_SELF | vector);
}

void lapic_setup(void)
{
	UD base = rdmsr(MSR_APIC_BASE);

	if ((base & ~0xfffUL) != LAPIC_AT || base & APIC_BASE_X2APIC)
		refuse("the local APIC is not where it is after a reset; switch x2APIC off in the firmware");
	wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);

	/* No interrupt is ours that comes by the old controller. */
	out8(PIC_MASTER, 0xff);
	out8(PIC_SLAVE, 0xff);
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT1, LVT_MASKED);
	lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
	lapic_write(LAPIC_PRIORITY, 0);
	lapic_write(LAPIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
}

/* How far the APIC's timer counts while the time-stamp counter does a fiftieth of a second. */
static UD measure_count(void)
{
	UD span = clock_tsc_hertz() / 50;
	UD start, counted;

	lapic_write(LAPIC_COUNT, UINT32_MAX);
	start = rdtsc();
	while (rdtsc() - start < span)
		;
	counted = UINT32_MAX - lapic_read(LAPIC_COUNTER);
	span = rdtsc() - start;
	lapic_write(LAPIC_COUNT, 0);
	return grid_ratio(counted, span);
}

static const char *setup(void)
{
	lapic_write(LAPIC_DIVIDE, DIVIDE_BY_1);
	if (cpuid(1, 0).ecx & CPUID_DEADLINE) {
		lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER | LVT_DEADLINE);
		/* The mode must be set before the first deadline. */
		__asm__ volatile("mfence" ::: "memory");
	} else {
		count_per_tsc = measure_count();
		if (count_per_tsc == 0)
			return "the local APIC's timer stands still; boot with timer=hpet";
		lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER);
	}
	lapic_source.reach = clock_tsc_hertz();
	return NULL;
}

static void compare(UD value)
{
	UD ahead, count;

	if (count_per_tsc == 0) {
		wrmsr(MSR_TSC_DEADLINE, value);
		return;
	}
	ahead = value - rdtsc();
	/* A value that is past, or beyond the reach: the caller sees that too, and acts. */
	if (ahead > lapic_source.reach)
		ahead = lapic_source.reach;
	count = ((unsigned __int128)ahead * count_per_tsc >> 32) + 1;
	lapic_write(LAPIC_COUNT, count < UINT32_MAX ? (uint32_t)count : UINT32_MAX);
}

static UD per_tick(UD ticks_per_second)
{
	return grid_ratio(clock_tsc_hertz(), ticks_per_second);
}

struct timer_source lapic_source = {
	.name = "lapic",
	.setup = setup,
	.per_tick = per_tick,
	.counter = rdtsc,
	.compare = compare,
};
