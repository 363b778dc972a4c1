/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Misbehaviour on demand, for the linux port: interrupt n (written to
 * /sys/kernel/unitron/raise) makes the task, or the handler itself, do what
 * kind n is. tests/vm/abuse.sh has the list of kinds and what must happen.
 */
#include "abuse.h"
#include "kernel_id.h"

enum kind {
	NULL_READ = 1, NULL_WRITE, WILD_READ, NON_CANONICAL, KERNEL_TEXT_WRITE, USER_READ, JUMP_NULL, JUMP_WILD,
	DIVIDE, INVALID_OPCODE, BREAKPOINT, STACK_OVERFLOW, STACK_POINTER, SEGMENT, HALT,
	TASK_LOOP, LOCKED_LOOP, HANDLER_LOOP, HANDLER_NULL, HANDLER_OPCODE, HANDLER_LOCKED, KERNEL_FAULT,
	QUIET, HOG_ALL, GOOD,
};

static volatile int wanted;
static volatile unsigned int beats, rounds;

void beat_cycle(VP_INT exinf)
{
	beats++;
	isig_sem(BELL);
}

void worker_task(VP_INT exinf)
{
	while (wai_sem(BELL) == E_OK)
		rounds++;
}

void hog_task(VP_INT exinf)
{
	for (;;)
		vspn_tim(1000);
}

static volatile int deep = 1000000;

static __attribute__((noinline)) int overflow(int depth, volatile char *above)
{
	volatile char frame[200];

	frame[0] = above[0];
	return depth > deep ? 0 : overflow(depth + 1, frame) + frame[0];
}

/* Not known to the compiler, which would warn of what is meant here */
static volatile uintptr_t wild[] = {
	[NULL_READ] = 8, [NULL_WRITE] = 0, [WILD_READ] = 0xffffc8fffffff000, [NON_CANONICAL] = 0x1234567812345678,
	[KERNEL_TEXT_WRITE] = 0xffffffff81000000, [USER_READ] = 0x7ffffff00000,
};

static void access_memory(int kind)
{
	if (kind < NULL_READ || kind > USER_READ)
		return;
	if (kind == NULL_WRITE || kind == KERNEL_TEXT_WRITE)
		*(volatile char *)wild[kind] = 0;
	else
		(void)*(volatile char *)wild[kind];
}

static void execute(int kind)
{
	volatile char start = 0;

	switch (kind) {
	case JUMP_NULL:
		__asm__ volatile("xor %%eax, %%eax; jmp *%%rax" ::: "rax");
		break;
	case JUMP_WILD:
		__asm__ volatile("mov $0xffffc90000000123, %%rax; jmp *%%rax" ::: "rax");
		break;
	case DIVIDE:
		__asm__ volatile("xor %%ecx, %%ecx; mov $1, %%eax; cltd; idivl %%ecx" ::: "eax", "ecx", "edx");
		break;
	case INVALID_OPCODE:
		__asm__ volatile("ud2");
		break;
	case BREAKPOINT:
		__asm__ volatile("int3");
		break;
	case STACK_OVERFLOW:
		overflow(0, &start);
		break;
	case STACK_POINTER:
		__asm__ volatile("mov $0x1234567812345678, %%rsp; push %%rax" ::: "memory");
		break;
	case SEGMENT:
		__asm__ volatile("mov $0x1234, %%eax; mov %%eax, %%ds" ::: "rax");
		break;
	case HALT:
		for (;;)
			__asm__ volatile("cli; hlt");
	case TASK_LOOP:
		for (;;)
			;
	case LOCKED_LOOP:
		loc_cpu();
		for (;;)
			;
	case KERNEL_FAULT:
		/* The kernel writes through a wild pointer, locked or not, as a broken program would make it. */
		get_pri(TSK_SELF, (PRI *)0x1234567812345678UL);
		break;
	}
}

void victim_task(VP_INT exinf)
{
	vlog("ready");
	for (;;) {
		slp_tsk();
		if (wanted == GOOD) {
			vlog("beats %u rounds %u", beats, rounds);
			continue;
		}
		if (wanted == QUIET) {
			stp_cyc(BEAT);	/* no timer event is near any more */
			continue;
		}
		access_memory(wanted);
		execute(wanted);
		vlog("kind %d did nothing", wanted);
	}
}

void abuse_isr(VP_INT exinf)
{
	wanted = (int)exinf;
	switch (wanted) {
	case HANDLER_LOOP:
		for (;;)
			;
	case HANDLER_NULL:
		access_memory(NULL_READ);
		break;
	case HANDLER_OPCODE:
		execute(INVALID_OPCODE);
		break;
	case HANDLER_LOCKED:
		iloc_cpu();
		break;
	case HOG_ALL:
		iact_tsk(HOG);
		break;
	default:
		iwup_tsk(VICTIM);
	}
}
