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
uint32_t rt_pit_set(struct rt_cpu *cpu, uint32_t at)
{
	int32_t distance = at - rt_counter(cpu);
	uint64_t count = distance <= 0 ? 1 : (((uint64_t)(uint32_t)distance * cpu->pit_ratio) >> 32) + 1;

	if (count > 0xffff) {			/* 54.9 ms: go on from there */
		count = 0xffff;
		at -= distance - (int32_t)cpu->clip;
	}
	outb_port(PIT_MODE_0, PIT_MODE);
	outb_port(count, PIT_CHANNEL_0);
	outb_port(count >> 8, PIT_CHANNEL_0);
	return at;
}

/* No more shots: the real-time side ends. */
void rt_comparator_stop(struct rt_cpu *cpu)
{
	if (cpu->source == RT_SOURCE_HPET)
		*cpu->hpet_config &= ~HPET_TN_ENABLE;
	else
		outb_port(PIT_MODE_0, PIT_MODE);
}

uint64_t rt_clock_read(void)
{
	rt_cpu.clock = rt_extend(rt_cpu.clock, rt_counter(&rt_cpu));
	return rt_cpu.clock;
}

uint64_t rt_clock_peek(void)
{
	/* In this order: the clock may be set between. */
	uint64_t clock = READ_ONCE(rt_cpu.clock);

	barrier();
	return rt_extend(clock, rt_counter(&rt_cpu));
}

/* When the context must be looked at, whatever the kernel wishes */
static __always_inline uint64_t limit_of(const struct rt_cpu *cpu, const struct rt_context *context)
{
	if (context == &cpu->linux_context)
		return unlikely(cpu->throttled) ? cpu->window + cpu->period : ~0ULL;
	if (unlikely(cpu->period) && cpu->allowance - cpu->used < cpu->budget)
		return cpu->entered + (cpu->allowance - cpu->used);
	return cpu->entered + cpu->budget + cpu->margin;
}

void rt_timer_program(struct rt_context *context)
{
	struct rt_cpu *cpu = &rt_cpu;
	uint64_t at = cpu->wish, limit = limit_of(cpu, context);
	uint32_t counter;

	/*
	 * Past already: an NMI soon finds the overrun, or the end of the period.
	 * Far enough away that the context gets somewhere before.
	 */
	if (unlikely(limit < cpu->clock + cpu->margin))
		limit = rt_clock_read() + cpu->recheck;
	if (at > limit)
		at = limit;
	if (unlikely(at - cpu->clock > cpu->clip && at > cpu->clock))
		at = cpu->clock + cpu->clip;
	if ((uint32_t)at == cpu->armed && !cpu->spent && (int64_t)(at - cpu->clock) >= (int64_t)cpu->margin)
		return;
	rt_comparator_set(cpu, at);
	counter = rt_counter(cpu);
	cpu->clock = rt_extend(cpu->clock, counter);
	/* Past, or so near that the comparator may have missed it: the handler context looks. */
	if (unlikely((int64_t)(at - cpu->clock) < (int64_t)cpu->margin))
		cpu->pend = 1;
}
