/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU exceptions. One that a task causes with interrupts on goes to the
 * application's handler, by the kernel. Any other, or one that nobody wants,
 * stops the machine with one line that names task, cause and address.
 *
 * Runs on the stacks for exceptions, interrupts off.
 */
#include "pc.h"

#define PAGE_FAULT_PRESENT	1U
#define PAGE_FAULT_WRITE	2U
#define PAGE_FAULT_FETCH	16U

/* Offsets to what an interrupt pushes, as interrupt.S does. */
#define CALLER_SAVED		9
#define FRAME_WORDS		(5 + CALLER_SAVED)

static const char *const exception_name[] = {
	"divide error", "debug trap", "NMI", "breakpoint", "overflow", "bound", "invalid opcode", "no FPU",
	"double fault", "FPU overrun", "invalid TSS", "unexpected interrupt", "stack fault", "general protection", "page fault",
	"vector 15",
	"x87 error", "alignment", "machine check", "SIMD error",
	[EXCNO_BUDGET] = "over its time budget",
};

static bool stopping;

UD	fault_enter(struct fault_frame *frame);
UD	fault_budget(struct fault_frame *frame);
bool	fault_must_dispatch(void);

static UD read_cr2(void)
{
	UD value;

	__asm__ volatile("movq %%cr2, %0" : "=r"(value));
	return value;
}

/*
 * Print the line and stop. The place is the task's, or a handler's that runs
 * over the task; the ring is emptied first, so that the line fits. detail is
 * NULL where there are no addresses to tell.
 */
static void report(const char *locked, const char *cause, const char *detail, UD pc, UD address) __attribute__((noreturn));
static void report(const char *locked, const char *cause, const char *detail, UD pc, UD address)
{
	const char *place = kernel.in_handler ? "handler over " : "";
	ID tskid = kernel_task_id(kernel.running);
	const char *name = kernel.running ? kernel_task_name(tskid) : "idle";

	/* A second fault on the way, in the kernel's log for example: no more words. */
	if (stopping)
		port_stop(STOP_FAILURE);
	stopping = true;
	console_drain();
	if (detail)
		vlog("unitron: stopped: %stask %d %s%s: %s%s, pc 0x%llx, address 0x%llx", place, tskid, name, locked, cause, detail,
			(unsigned long long)pc, (unsigned long long)address);
	else
		vlog("unitron: stopped: %stask %d %s: %s", place, tskid, name, cause);
	port_stop(STOP_FAILURE);
}

void fault_stop(const char *what)
{
	report("", what, NULL, 0, 0);
}

static const char *page_fault_detail(UD address, UD code)
{
	if (memory_stack_guard(address))
		return " (stack overflow)";
	if (code & PAGE_FAULT_FETCH)
		return code & PAGE_FAULT_PRESENT ? " (execution of data)" : " (execution of unmapped memory)";
	if (code & PAGE_FAULT_PRESENT)
		return " (write to read-only memory)";
	return code & PAGE_FAULT_WRITE ? " (write to unmapped memory)" : " (read of unmapped memory)";
}

static void report_frame(const struct fault_frame *frame, UD address) __attribute__((noreturn));
static void report_frame(const struct fault_frame *frame, UD address)
{
	bool unlocked = frame->rflags & RFLAGS_IF || kernel.in_handler;

	report(unlocked ? "" : ", CPU locked", exception_name[frame->vector],
		frame->vector == EXCNO_PF ? page_fault_detail(address, frame->code) : "", frame->rip, address);
}

/*
 * Make the faulting task one that an interrupt has stopped at pc: put on its
 * stack what interrupt.S would have. Returns where, or 0 if there is no stack there.
 */
static UD stop_by_interrupt(const struct fault_frame *frame, UD pc)
{
	UD sp = (frame->rsp & ~15UL) - FRAME_WORDS * sizeof(UD);
	UD *word = (UD *)sp;

	if (!memory_writable(sp) || !memory_writable(sp + (FRAME_WORDS - 1) * sizeof(UD)))
		return 0;
	*word++ = frame->r11;
	*word++ = frame->r10;
	*word++ = frame->r9;
	*word++ = frame->r8;
	*word++ = frame->rdi;
	*word++ = frame->rsi;
	*word++ = frame->rdx;
	*word++ = frame->rcx;
	*word++ = frame->rax;
	*word++ = pc;
	*word++ = frame->cs;
	*word++ = frame->rflags;
	*word++ = frame->rsp;
	*word++ = frame->ss;
	return sp;
}

static bool offer(T_EXCINF *info)
{
	bool wanted;

	handler_begin();
	wanted = kernel_exception(info);
	/* Before the message about a fault that nobody wants, no other handler. */
	if (wanted && info->action != VEXC_STOP)
		handler_end();
	else
		kernel.in_handler = false;
	return wanted;
}

/* Returns what interrupt.S is to do: FAULT_SWITCH, or the address of an interrupt's frame. */
UD fault_enter(struct fault_frame *frame)
{
	T_EXCINF info = {
		.excno = (EXCNO)frame->vector,
		.tskid = kernel_task_id(kernel.running),
		.pc = frame->rip,
		.sp = frame->rsp,
		.addr = frame->vector == EXCNO_PF ? read_cr2() : 0,
		.code = frame->code,
		.action = VEXC_TERMINATE,
	};
	UD sp;

	if (!kernel.running || kernel.in_handler || !(frame->rflags & RFLAGS_IF) || frame->vector == EXCNO_DF)
		report_frame(frame, info.addr);
	if (!offer(&info))
		report_frame(frame, info.addr);
	if (info.action == VEXC_TERMINATE)
		return FAULT_SWITCH;
	if (info.action == VEXC_RETRY)
		sp = stop_by_interrupt(frame, frame->rip);
	else
		sp = info.action == VEXC_CONTINUE ? stop_by_interrupt(frame, info.pc) : 0;
	if (!sp)
		report_frame(frame, info.addr);
	return sp;
}

UD fault_budget(struct fault_frame *frame)
{
	frame->vector = EXCNO_BUDGET;
	return fault_enter(frame);
}

/* kernel_must_dispatch() for assembly. */
bool fault_must_dispatch(void)
{
	return kernel_must_dispatch();
}
