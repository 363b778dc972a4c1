// SPDX-License-Identifier: GPL-2.0-only
/*
 * The delivery unit proper: every NMI of every CPU comes here, on a stack of
 * its own, with further NMIs blocked until the final iretq. It decides whose
 * the NMI is, and what continues: Linux's NMI handler, what was interrupted,
 * or the handler context of the real-time side.
 *
 * Invariant: when this returns another way than RT_WAY_LINUX_NMI, rt_cpu.cur is
 * the context that continues, and the interrupt stack table names its free slot.
 */
#include "rt.h"

/* Interrupted while a saved frame was being restored: if the lock is free, that frame is still whole. */
static __always_inline bool restoring(const struct rt_cpu *cpu, const struct rt_frame *frame)
{
	return rt_within(frame->rip, (uint64_t)rt_restart_begin, (uint64_t)rt_restart_end) ||
	       rt_within(frame->rip, cpu->exit_begin, cpu->exit_end);
}

static noinline struct rt_frame *restart(struct rt_cpu *cpu)
{
	cpu->restarted++;
	if (cpu->icr2_dirty) {
		cpu->lapic[APIC_ICR2 / 4] = cpu->icr2_saved;
		cpu->icr2_dirty = 0;
	}
	return cpu->cur->frame;
}

/* Hand an NMI to Linux as the CPU would have: its five words on Linux's NMI stack. */
static __always_inline struct rt_delivery to_linux(struct rt_cpu *cpu, struct rt_frame *frame)
{
	uint64_t *words = (uint64_t *)cpu->linux_nmi_top - 5;

	words[0] = frame->rip;
	words[1] = frame->cs;
	words[2] = frame->flags;
	words[3] = frame->rsp;
	words[4] = frame->ss;
	frame->spare = (uint64_t)words;
	cpu->forwarded++;
	cpu->send_nmi = 0;
	cpu->linux_nmi = 0;
	return (struct rt_delivery){ frame, RT_WAY_LINUX_NMI };
}

/*
 * Two NMIs that come close together reach the CPU as one, so an NMI of ours
 * may hide one of Linux's. The senders leave traces: a backtrace request names
 * the CPU; a performance counter's NMI masks its own APIC entry (on Intel's).
 */
static __always_inline bool linux_may_want(struct rt_cpu *cpu)
{
	if (unlikely(cpu->send_nmi || *cpu->backtrace_mask & cpu->backtrace_bit))
		return true;
	if (unlikely(cpu->pmi)) {
		uint32_t entry;

		if (cpu->x2apic) {
			uint32_t high;

			asm volatile("rdmsr" : "=a" (entry), "=d" (high) : "c" (APIC_BASE_MSR + (APIC_LVTPC >> 4)));
		} else {
			entry = cpu->lapic[APIC_LVTPC / 4];
		}
		return (entry & (APIC_LVT_MASKED | APIC_MODE_MASK)) == (APIC_LVT_MASKED | APIC_DM_NMI);
	}
	return false;
}

/* The handler context, the lock or a fault's first instructions were interrupted. */
static __always_inline bool must_wait(const struct rt_cpu *cpu, const struct rt_frame *frame)
{
	return cpu->lock || cpu->cur == &cpu->handler ||
	       rt_within(frame->rip, (uint64_t)rt_fault_begin, (uint64_t)rt_fault_locked);
}

/*
 * The budget that the interrupted context has used up, if any. Who only
 * happens to hold the lock as his budget ends is asked again when he has let
 * it go: in there, a handler's budget more is allowed. On the few instructions
 * of ours before and after Linux nothing is counted.
 */
static __always_inline enum rt_end overrun(const struct rt_cpu *cpu, uint64_t now, bool waits)
{
	if (cpu->cur == &cpu->linux_context)
		return RT_END_NONE;
	if (cpu->cur == &cpu->handler)
		return now - cpu->handler_entered > cpu->handler_budget ? RT_END_HANDLER_BUDGET : RT_END_NONE;
	return now - cpu->entered > cpu->budget + (waits ? cpu->handler_budget : 0) ? RT_END_BUDGET : RT_END_NONE;
}

/* The real-time side is stopped amid something: Linux continues where it was interrupted. */
static noinline struct rt_delivery abandon(struct rt_cpu *cpu, struct rt_frame *frame, enum rt_end why)
{
	rt_except(why == RT_END_HANDLER_BUDGET ? RT_VECTOR_HANDLER_BUDGET : RT_VECTOR_BUDGET, 0, 0, cpu->lock, frame);
	rt_end(why, 0, NULL);
	frame = rt_choose();
	cpu->lock = 0;
	return cpu->send_nmi ? to_linux(cpu, frame) : (struct rt_delivery){ frame, RT_WAY_RESTORE };
}

/* Linux was interrupted; its machine state is frame. */
static __always_inline void leave_linux(struct rt_cpu *cpu, const struct rt_frame *frame, uint64_t now)
{
	asm volatile("mov %%cr2, %0" : "=r" (cpu->cr2));
	cpu->entered = now;
	cpu->cr3 = frame->cr3 & cpu->handler_start.cr3_mask;
	rt_idt_enter(cpu);
}

/* The handler context is next; its guard shot has been set. */
static __always_inline struct rt_delivery to_handler(struct rt_cpu *cpu, uint64_t now)
{
	cpu->cur = &cpu->handler;
	WRITE_ONCE(*cpu->ist, cpu->handler.end[0]);	/* its slot's content is never needed */
	cpu->clock = cpu->handler_entered = now;
	return (struct rt_delivery){ &cpu->handler_start.frame, RT_WAY_HANDLER };
}

static noinline struct rt_delivery deliver_rest(struct rt_frame *frame, struct rt_cpu *cpu)
{
	bool saved = false, ours, waits;
	uint32_t counter;
	uint64_t now;
	enum rt_end over;

	if (unlikely(!cpu->active)) {
		/* A frame being restored can only be Linux's now. */
		if (cpu->app && !cpu->lock && restoring(cpu, frame))
			frame = restart(cpu);
		if (cpu->app && (cpu->lock || cpu->cur != &cpu->linux_context)) {
			cpu->linux_nmi = 1;
			cpu->pend = 1;		/* whoever leaves to Linux looks again */
			return (struct rt_delivery){ frame, RT_WAY_RESTORE };
		}
		return to_linux(cpu, frame);
	}
	if (unlikely(!cpu->lock && restoring(cpu, frame))) {
		frame = restart(cpu);
		saved = true;
	}
	counter = rt_counter(cpu);
	now = rt_extend(cpu->clock, counter);
	ours = cpu->bell | cpu->raised;
	if (rt_shot_fired(cpu, counter)) {
		cpu->spent = 1;
		cpu->timer_nmis++;
		ours = true;
	}
	/* With the lock held it is not Linux that was interrupted but the way out to it. */
	if (cpu->cur == &cpu->linux_context && !cpu->lock) {
		if (!ours)
			return to_linux(cpu, frame);
		if (unlikely(linux_may_want(cpu))) {
			cpu->unsure++;
			cpu->linux_nmi = 1;
		}
		leave_linux(cpu, frame, now);
	} else {
		if (!ours || unlikely(linux_may_want(cpu))) {
			cpu->deferred++;
			cpu->linux_nmi = 1;
		}
		waits = must_wait(cpu, frame);
		over = overrun(cpu, now, waits);
		if (waits) {
			if (unlikely(over))
				return abandon(cpu, frame, over);
			cpu->pended++;
			cpu->pend = 1;
			/* What loops in here must meet another NMI. */
			if (rt_guard_wanted(cpu, counter))
				rt_comparator_set(cpu, counter + (uint32_t)cpu->handler_budget);
			return (struct rt_delivery){ frame, RT_WAY_RESTORE };
		}
		if (unlikely(over) && !cpu->exc.valid)
			rt_except(RT_VECTOR_BUDGET, 0, 0, false, frame);
		else if (!ours)
			return (struct rt_delivery){ frame, RT_WAY_RESTORE };
	}
	if (!saved) {
		cpu->cur->frame = frame;
		cpu->cur->free ^= 1;
	}
	if (rt_guard_wanted(cpu, counter))
		rt_comparator_set(cpu, counter + (uint32_t)cpu->handler_budget);
	return to_handler(cpu, now);
}

/*
 * The short ways are for the timer's NMI over Linux, with nothing else going
 * on, whose length is part of every latency, and for Linux's NMIs over Linux,
 * which should not cost it much. All else is deliver_rest's.
 */
struct rt_delivery rt_deliver(struct rt_frame *frame, struct rt_cpu *cpu)
{
	struct rt_context *linux_context = &cpu->linux_context;
	uint32_t counter;
	uint64_t now;

	cpu->nmis++;
	if (cpu->attention | cpu->lock || cpu->cur != linux_context || restoring(cpu, frame))
		return deliver_rest(frame, cpu);
	counter = cpu->hpet[0xf0 / 4];
	if (!rt_shot_fired(cpu, counter))
		return cpu->bell | cpu->raised ? deliver_rest(frame, cpu) : to_linux(cpu, frame);
	if (unlikely(linux_may_want(cpu)))
		return deliver_rest(frame, cpu);
	cpu->timer_nmis++;
	now = rt_extend(cpu->clock, counter);
	leave_linux(cpu, frame, now);
	linux_context->frame = frame;
	linux_context->free ^= 1;
	rt_hpet_set(cpu, counter + (uint32_t)cpu->handler_budget);
	return to_handler(cpu, now);
}
