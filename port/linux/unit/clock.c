// SPDX-License-Identifier: GPL-2.0-only
/*
 * The real-time half of the timer sources: reading the counter, programming
 * one shots. A shot is an instant on the counter's 32 bits; the handler
 * context finds out by the clock what it was for, so an early or repeated shot
 * does no harm. Called locked, in the handler context, or in the NMI.
 */
#include <asm/hpet.h>
#include "rt.h"

static void outb_port(uint8_t value, uint16_t port)
{
	asm volatile("outb %0, %1" : : "a" (value), "Nd" (port));
}

/* Channel 0, mode 0: the output rises when the count ends. */
static void pit_set(struct rt_cpu *cpu, uint32_t *at)
{
	int32_t distance = *at - rt_counter(cpu);
	uint64_t count = distance <= 0 ? 1 : (((uint64_t)(uint32_t)distance * cpu->pit_ratio) >> 32) + 1;

	if (count > 0xffff) {			/* 54.9 ms: go on from there */
		count = 0xffff;
		*at -= distance - (int32_t)cpu->clip;
	}
	outb_port(PIT_MODE_0, PIT_MODE);
	outb_port(count, PIT_CHANNEL_0);
	outb_port(count >> 8, PIT_CHANNEL_0);
}

/* One shot at the counter value at; the caller sees to instants that are past. */
void rt_comparator_set(struct rt_cpu *cpu, uint32_t at)
{
	if (likely(cpu->source == RT_SOURCE_HPET))
		*cpu->hpet_compare = at;
	else
		pit_set(cpu, &at);
	cpu->armed = at;
	cpu->spent = 0;
}

/* No more shots: the real-time side ends. */
void rt_comparator_stop(struct rt_cpu *cpu)
{
	if (cpu->source == RT_SOURCE_HPET)
		*cpu->hpet_config &= ~HPET_TN_ENABLE;
	else
		outb_port(PIT_MODE_0, PIT_MODE);
	cpu->leftover = 1;
}

uint64_t rt_clock_read(void)
{
	rt_cpu.clock = rt_extend(&rt_cpu, rt_counter(&rt_cpu));
	return rt_cpu.clock;
}

/* When the context must be looked at, whatever the kernel wishes */
static uint64_t limit_of(const struct rt_cpu *cpu, const struct rt_context *context)
{
	uint64_t limit;

	if (context == &cpu->linux_context)
		return cpu->throttled ? cpu->window + cpu->period : ~0ULL;
	limit = cpu->entered + cpu->budget + cpu->margin;
	if (cpu->period && limit > cpu->entered + (cpu->allowance - cpu->used))
		limit = cpu->entered + (cpu->allowance - cpu->used);
	return limit;
}

/* cpu->clock is fresh. */
void rt_timer_program(struct rt_context *context)
{
	struct rt_cpu *cpu = &rt_cpu;
	uint64_t at = cpu->wish, limit = limit_of(cpu, context);

	if (at > limit)
		at = limit;
	if (at > cpu->clock + cpu->clip)
		at = cpu->clock + cpu->clip;
	if ((uint32_t)at == cpu->armed && !cpu->spent)
		return;
	if (unlikely((int64_t)(at - cpu->clock) < (int64_t)cpu->margin)) {
		cpu->pend = 1;		/* too near for the comparator */
		return;
	}
	rt_comparator_set(cpu, at);
	/* Held up meanwhile, it may have been set too late. */
	if (unlikely((int32_t)(rt_counter(cpu) - (uint32_t)at) >= 0))
		cpu->pend = 1;
}
