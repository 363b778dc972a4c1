// SPDX-License-Identifier: GPL-2.0-only
/*
 * What runs next: the handler context's frame and the choice between the
 * task that the kernel wants and Linux. All functions are called with the lock
 * held or in the handler context, on the handler stack or on the stack of the
 * task that is being left.
 */
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <asm/vdso/processor.h>
#include "rt.h"

static __always_inline void fpu_move(struct rt_cpu *cpu, struct rt_context *to)
{
	if (likely(!to->fpu || cpu->fpu_owner == to))
		return;
	asm volatile("xsave64 (%0)" : : "r" (cpu->fpu_owner->fpu), "a" (-1), "d" (-1) : "memory");
	asm volatile("xrstor64 (%0)" : : "r" (to->fpu), "a" (-1), "d" (-1) : "memory");
	cpu->fpu_owner = to;
}

/* Linux's share: has the real-time side had its part of this period? */
static noinline void share_check(void)
{
	struct rt_cpu *cpu = &rt_cpu;
	uint64_t now = rt_clock_read();

	if (now - cpu->window >= cpu->period) {
		cpu->window = now;
		cpu->used = 0;
		cpu->throttled = 0;
		cpu->entered = now;
	} else if (!cpu->throttled && cpu->used + (now - cpu->entered) >= cpu->allowance) {
		cpu->throttled = 1;
		cpu->throttles++;
	}
}

/* The handler context: the lock is not needed in it, and held when it ends. */
void rt_handle(void)
{
	struct rt_cpu *cpu = &rt_cpu;

	cpu->lock = 0;
	for (;;) {
		cpu->pend = 0;
		cpu->bell = 0;
		barrier();
		if (likely(cpu->active))
			cpu->app->handle();
		barrier();
		if (likely(!cpu->pend))
			break;
		rt_clock_read();
	}
	cpu->lock = 1;
	barrier();
}

/*
 * Make the next context the current one, all but its registers. Returns the
 * frame to restore, or NULL when it left voluntarily or has not run yet.
 */
struct rt_frame *rt_choose(void)
{
	struct rt_cpu *cpu = &rt_cpu;
	struct rt_context *next = NULL;

	if (likely(cpu->active)) {
		if (unlikely(cpu->period))
			share_check();
		next = cpu->app->choose();
		if (unlikely(cpu->throttled))
			next = NULL;
	}
	if (!next) {
		next = &cpu->linux_context;
		if (unlikely(cpu->period))
			cpu->used += cpu->clock - cpu->entered;
		if (unlikely(cpu->linux_nmi)) {
			cpu->linux_nmi = 0;
			cpu->send_nmi = 1;
		}
	} else {
		if (next->frame)
			next->frame->cr3 = cpu->cr3;	/* Linux may have changed its page table since */
		if (unlikely(cpu->send_nmi)) {
			cpu->send_nmi = 0;
			cpu->linux_nmi = 1;
		}
	}
	fpu_move(cpu, next);
	if (likely(cpu->active))
		rt_timer_program(next);
	rt_slot_expose(cpu, next);
	cpu->cur = next;
	if (next == &cpu->linux_context && cpu->idt_is_rt)
		rt_idt_leave(cpu);
	return next->frame;
}

/* Back into the handler context from the way out, or into it from a task that unlocks. */
void rt_reenter(void)
{
	struct rt_cpu *cpu = &rt_cpu;

	cpu->pend = 0;
	rt_clock_read();
	if (cpu->cur == &cpu->linux_context) {
		rt_idt_enter(cpu);
		cpu->entered = cpu->clock;
	}
	cpu->handler_entered = cpu->clock;
	barrier();				/* an NMI that finds the handler context asks for how long */
	cpu->cur = &cpu->handler;
	rt_slot_expose(cpu, &cpu->handler);
	if (cpu->active && rt_guard_wanted(cpu, (uint32_t)cpu->clock))
		rt_comparator_set(cpu, (uint32_t)(cpu->clock + cpu->handler_budget));
}

/*
 * Linux has taken the lock itself, to run handlers of interrupt intno at once
 * (rt_enter): save it as an NMI would have, and run them. Of Linux's registers
 * counts only what a call preserves, and that lies on its stack, at sp. Returns,
 * locked, where the next context's saved registers lie if all of it is done but
 * loading them: the frequent way to a task that waits. Else 0: rt_choose's.
 */
uint64_t rt_leave_linux(uint32_t intno, uint64_t sp)
{
	struct rt_cpu *cpu = &rt_cpu;
	struct rt_frame *frame = (struct rt_frame *)cpu->linux_context.end[cpu->linux_context.free] - 1;
	struct rt_context *next;
	uint32_t counter;
	uint64_t now;

	rt_slot_expose(cpu, &cpu->handler);	/* before Linux's free slot is written */
	barrier();
	frame->rip = (uint64_t)rt_entered;
	frame->cs = __KERNEL_CS;
	frame->flags = X86_EFLAGS_FIXED;
	frame->rsp = sp;
	frame->ss = __KERNEL_DS;
	frame->gs = cpu->gs_base;
	asm volatile("mov %%cr3, %0" : "=r" (cpu->cr3));
	frame->cr3 = cpu->cr3;
	cpu->linux_context.frame = frame;
	cpu->linux_context.free ^= 1;
	asm volatile("mov %%cr2, %0" : "=r" (cpu->cr2));
	rt_idt_enter(cpu);
	counter = cpu->hpet[0xf0 / 4];
	now = rt_extend(cpu->clock, counter);
	cpu->clock = cpu->entered = cpu->handler_entered = now;
	barrier();				/* an NMI that finds the handler context asks since when */
	cpu->cur = &cpu->handler;
	if (unlikely(cpu->attention))		/* the real-time side has just ended */
		return 0;
	/* What loops in a handler must meet an NMI. */
	if (cpu->wish > now + cpu->guard || cpu->spent || cpu->armed != (uint32_t)cpu->wish)
		rt_hpet_set(cpu, counter + cpu->guard);
	/* A time event that is due has its turn before tasks, whether its NMI has come yet or not. */
	if (unlikely(cpu->wish <= now))
		cpu->pend = 1;
	next = cpu->app->interrupt(intno);
	if (unlikely(cpu->pend | cpu->period | cpu->send_nmi)) {
		rt_handle();
		return 0;
	}
	/* That shot is a task's limit too, unless the next time event is before it or near it. */
	if (unlikely(cpu->wish <= now + cpu->far && cpu->armed != (uint32_t)cpu->wish))
		return 0;
	if (unlikely(!next || next->frame || !next->sp || next->fpu))
		return 0;
	rt_slot_expose(cpu, next);
	cpu->cur = next;
	return next->sp;
}

void rt_kick_linux(void)
{
	struct rt_cpu *cpu = &rt_cpu;

	if (cpu->x2apic) {
		asm volatile("wrmsr" : : "c" (APIC_BASE_MSR + (APIC_SELF_IPI >> 4)), "a" (X86_PLATFORM_IPI_VECTOR), "d" (0));
	} else {
		/* An IPI of Linux's may be on its way out; it is gone in no time, or the APIC is broken. */
		for (int tries = 0; tries < 1000 && cpu->lapic[APIC_ICR / 4] & APIC_ICR_BUSY; tries++)
			cpu_relax();
		cpu->lapic[APIC_ICR / 4] = APIC_DEST_SELF | APIC_DM_FIXED | X86_PLATFORM_IPI_VECTOR;
	}
}

void rt_end(enum rt_end end, int code, const char *why)
{
	struct rt_cpu *cpu = &rt_cpu;

	if (!cpu->active)
		return;
	cpu->record = (struct rt_record){
		.end = end, .code = code, .why = why, .task = cpu->app->running_task(), .exc = cpu->exc,
		.handler = cpu->exc.valid ? cpu->exc.handler : cpu->cur == &cpu->handler,
		.locked = cpu->exc.valid && cpu->exc.locked,
	};
	cpu->leftover = 1;			/* a shot may come at once */
	barrier();				/* Linux looks at the record once it sees this */
	WRITE_ONCE(cpu->active, 0);
	cpu->attention = 1;
	cpu->pend = 0;
	cpu->exc.valid = false;
	rt_comparator_stop(cpu);
	cpu->report = 1;
	rt_kick_linux();
}
