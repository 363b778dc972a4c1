// SPDX-License-Identifier: GPL-2.0-only
/* The offsets that assembly uses are those of the C structures, or this file does not compile. */
#include "../delivery.h"

#define CHECK(name, type, member) \
	_Static_assert(name == offsetof(type, member), #name)

CHECK(RT_FRAME_CR3, struct rt_frame, cr3);
CHECK(RT_FRAME_GS, struct rt_frame, gs);
CHECK(RT_FRAME_SPARE, struct rt_frame, spare);
CHECK(RT_FRAME_RIP, struct rt_frame, rip);
_Static_assert(RT_FRAME_SIZE == sizeof(struct rt_frame), "RT_FRAME_SIZE");
CHECK(SLOT_CPU + offsetof(struct rt_slot, frame), struct rt_slot, cpu);
CHECK(SLOT_CR3_MASK + offsetof(struct rt_slot, frame), struct rt_slot, cr3_mask);
CHECK(SLOT_NOFLUSH + offsetof(struct rt_slot, frame), struct rt_slot, noflush);
_Static_assert(offsetof(struct rt_slot, cpu) % 16 == 0, "the CPU aligns the stack of an NMI to 16");
CHECK(CONTEXT_FRAME, struct rt_context, frame);
CHECK(CONTEXT_SP, struct rt_context, sp);
CHECK(CONTEXT_TOP, struct rt_context, stack_top);
CHECK(CPU_LOCK, struct rt_cpu, lock);
CHECK(CPU_PEND, struct rt_cpu, pend);
CHECK(CPU_SEND_NMI, struct rt_cpu, send_nmi);
CHECK(CPU_ICR2_DIRTY, struct rt_cpu, icr2_dirty);
CHECK(CPU_CUR, struct rt_cpu, cur);
CHECK(CPU_EXIT, struct rt_cpu, exit);
CHECK(CPU_GS, struct rt_cpu, gs_base);
CHECK(CPU_NMI_STACK, struct rt_cpu, nmi_stack);
CHECK(CPU_HANDLER_STACK, struct rt_cpu, handler_stack);
CHECK(CPU_TASK_MAIN, struct rt_cpu, task_main);
CHECK(CPU_LAPIC, struct rt_cpu, lapic);
CHECK(CPU_DELIVER, struct rt_cpu, deliver);
CHECK(CPU_X2APIC, struct rt_cpu, x2apic);
CHECK(CPU_ICR2_SAVED, struct rt_cpu, icr2_saved);
CHECK(CPU_APIC_ID, struct rt_cpu, apic_id);
