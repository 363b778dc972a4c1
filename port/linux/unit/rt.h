/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the real-time sources of the delivery unit (deliver.c, leave.c,
 * fault.c, clock.c, entry.S, switch.S). They call nothing of Linux; the build
 * checks it.
 */
#pragma once

#include <linux/compiler.h>
#include <asm/apicdef.h>
#include <asm/irq_vectors.h>
#include "../delivery.h"

/* The overruns as exceptions: EXCNO_BUDGET of <unitron/ext.h>, and one that no application can handle */
#define RT_VECTOR_BUDGET	32
#define RT_VECTOR_HANDLER_BUDGET 33

/* What the stub does after rt_deliver */
enum rt_way { RT_WAY_RESTORE, RT_WAY_LINUX_NMI, RT_WAY_HANDLER };

struct rt_delivery {
	struct rt_frame *frame;
	uint64_t way;
};

extern char rt_entry_begin[], rt_entry_nmi[], rt_exit[], rt_exit_end[], rt_entry_linux[], rt_entry_end[];
extern char rt_restart_begin[], rt_restart_end[], rt_fault_begin[], rt_fault_locked[], rt_handler_entry[], rt_entered[];
extern const uint64_t rt_fault_entries[22];

struct rt_delivery rt_deliver(struct rt_frame *frame, struct rt_cpu *cpu);
void rt_handle(void);
struct rt_frame *rt_choose(void);
void rt_reenter(void);
uint64_t rt_leave_linux(uint32_t intno, uint64_t sp);
/*
 * Linux on the real-time CPU, not in an NMI handler, interrupts off, attention
 * found clear since: run the handlers of interrupt intno and all that follows, as
 * if an NMI had come. Returns when Linux is next.
 */
void rt_enter(uint32_t intno);
bool rt_fault(struct rt_frame *frame, uint32_t was_locked);
void rt_except(uint32_t vector, uint64_t code, uint64_t addr, bool locked, const struct rt_frame *frame);

/* The source's counter, 32 bits. Any context. */
static __always_inline uint32_t rt_counter(const struct rt_cpu *cpu)
{
	if (likely(cpu->source == RT_SOURCE_HPET))
		return cpu->hpet[0xf0 / 4];
	else {
		uint32_t low, high;

		asm volatile("rdtsc" : "=a" (low), "=d" (high));
		return low;
	}
}

/* The counter's 64-bit value that belongs to a reading at or after clock, less than its range later. */
static __always_inline uint64_t rt_extend(uint64_t clock, uint32_t counter)
{
	return clock + (uint32_t)(counter - (uint32_t)clock);
}

/* PIT: channel 0, both bytes, interrupt on terminal count; it counts when both bytes are there */
#define PIT_CHANNEL_0	0x40
#define PIT_MODE	0x43
#define PIT_MODE_0	0x30

/* One shot of the PIT's, at this value of the counter or as late as it can; returns which. */
uint32_t rt_pit_set(struct rt_cpu *cpu, uint32_t at);
void rt_comparator_stop(struct rt_cpu *cpu);

/* One shot at the counter value at; the caller sees to instants that are past. */
static __always_inline void rt_hpet_set(struct rt_cpu *cpu, uint32_t at)
{
	*cpu->hpet_compare = at;
	cpu->armed = at;
	cpu->spent = 0;
}

/* The same, of whichever source there is. */
static __always_inline void rt_comparator_set(struct rt_cpu *cpu, uint32_t at)
{
	if (likely(cpu->source == RT_SOURCE_HPET)) {
		rt_hpet_set(cpu, at);
	} else {
		cpu->armed = rt_pit_set(cpu, at);
		cpu->spent = 0;
	}
}

/* Must a shot be set so that the handler context cannot run for longer than its budget? */
static __always_inline bool rt_guard_wanted(const struct rt_cpu *cpu, uint32_t counter)
{
	return cpu->spent || cpu->armed - counter > cpu->handler_budget;
}

/* The range of addresses [begin, end) */
static __always_inline bool rt_within(uint64_t address, uint64_t begin, uint64_t end)
{
	return address - begin < end - begin;
}

static __always_inline bool rt_shot_fired(const struct rt_cpu *cpu, uint32_t counter)
{
	/* A shot is set at most clip ahead: whatever is not ahead by so much is past, however long ago. */
	return !cpu->spent && cpu->armed - counter - 1 >= cpu->clip;
}

/*
 * IST 6 of the CPU: where the next NMI saves what it interrupts. Must name the
 * free slot of the context that runs, before NMIs can find that context.
 */
static __always_inline void rt_slot_expose(struct rt_cpu *cpu, struct rt_context *context)
{
	WRITE_ONCE(*cpu->ist, context->end[context->free]);
}

/* Linux is left. It gets back whichever IDT it had: another module may have one of its own for some of its threads. */
static __always_inline void rt_idt_enter(struct rt_cpu *cpu)
{
	asm volatile("sidt %0" : "=m" (cpu->linux_idt));
	asm volatile("lidt %0" : : "m" (cpu->rt_idt));
	cpu->idt_is_rt = true;
}

static __always_inline void rt_idt_leave(struct rt_cpu *cpu)
{
	asm volatile("lidt %0" : : "m" (cpu->linux_idt));
	cpu->idt_is_rt = false;
}
