// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU exceptions on the real-time side, on a stack of their own with the lock
 * taken. A task's exception goes to the application's DEF_EXC handler, which
 * runs in the handler context; any other ends the real-time side. Linux's CR2
 * is put back: it may stand between a page fault of its own and reading it.
 */
#include "rt.h"

void rt_except(uint32_t vector, uint64_t code, uint64_t addr, bool locked, const struct rt_frame *frame)
{
	rt_cpu.exc = (struct rt_exception){
		.valid = true, .handler = rt_cpu.cur == &rt_cpu.handler, .locked = locked, .vector = vector,
		.code = code, .addr = addr, .sp = frame->rsp,
		/* A breakpoint is reported where it stands, on every port; the CPU is already behind it. */
		.pc = frame->rip - (vector == 3),
	};
}

bool rt_fault(struct rt_frame *frame, uint32_t was_locked)
{
	struct rt_cpu *cpu = &rt_cpu;
	struct rt_context *task = cpu->cur;
	uint32_t vector = frame->gs;
	uint64_t code = frame->spare, addr = 0;
	struct rt_frame *to;

	if (vector == 14) {
		asm volatile("mov %%cr2, %0" : "=r" (addr));
		asm volatile("mov %0, %%cr2" : : "r" (cpu->cr2));
	}
	cpu->exceptions++;
	rt_except(vector, code, addr, was_locked, frame);
	if (was_locked || task == &cpu->handler || task == &cpu->linux_context || !cpu->active ||
	    !cpu->app->wants_exception(vector)) {
		rt_end(RT_END_FAULT, 0, NULL);
		return false;
	}
	rt_slot_expose(cpu, &cpu->handler);	/* before the task's free slot is written */
	to = &task->slot[task->free].frame;
	for (unsigned int i = 0; i < sizeof(*to) / sizeof(uint64_t); i++)
		((uint64_t *)to)[i] = ((uint64_t *)frame)[i];
	to->cr3 = cpu->cr3;
	to->gs = cpu->gs_base;
	task->frame = to;
	task->free ^= 1;
	rt_reenter();
	return true;
}
