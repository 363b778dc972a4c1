/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrong stack pointers: used by the program itself, and while interrupts come.
 * And what signals need a stack for.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>
#include "common.h"
#include "misdeed.h"

#define TURNS 30000000UL	/* some ten timer interrupts at 2 and 4 ns an instruction */

static void push_at(unsigned long rsp)
{
	__asm__ volatile("mov %0, %%rsp\n\tpush %%rax" : : "r" (rsp) : "memory");
	abort();
}

/* Interrupts come while the stack pointer is wild; nothing of the program's uses it. */
static void spin_at(unsigned long rsp)
{
	unsigned long turns = TURNS;

	__asm__ volatile("mov	%%rsp, %%rbx\n\t"
			 "mov	%1, %%rsp\n"
			 "1:	dec %0\n\t"
			 "jnz	1b\n\t"
			 "mov	%%rbx, %%rsp"
			 : "+r" (turns) : "r" (rsp) : "rbx", "memory");
}

static void fault_at(unsigned long rsp)
{
	__asm__ volatile("mov %0, %%rsp\n\tmov %%rax, 8" : : "r" (rsp) : "memory");
}

static void push_null(void)
{
	push_at(0);
}

static void push_noncanonical(void)
{
	push_at(NONCANONICAL & ~15UL);
}

static void push_kernel(void)
{
	push_at(UNMAPPED + 0x800);
}

static void push_text(void)
{
	push_at(symbol("_stext") + 4096);
}

static void push_user(void)
{
	push_at(0x123456789000UL);
}

static void spin_null(void)
{
	spin_at(0);
}

static void spin_odd(void)
{
	spin_at(3);
}

static void spin_noncanonical(void)
{
	spin_at(NONCANONICAL);
}

static void spin_kernel(void)
{
	spin_at(symbol("jiffies_64") + 5);
}

static void spin_unmapped(void)
{
	spin_at(UNMAPPED);
}

static void spin_kernel_stack(void)
{
	/* As if it were Linux on the thread's own kernel stack */
	spin_at(kw_call(VICTIM("stack_pointer")));
}

static void fault_kernel_stack(void)
{
	fault_at(symbol("jiffies_64"));
}

static int recurse(volatile char *above)
{
	volatile char room[512];

	room[0] = above ? above[0] : 0;
	return recurse(room) + room[0];
}

static void overflow(void)
{
	recurse(NULL);
}

static void on_overflow(int number, siginfo_t *info, void *context)
{
	if (!kw_active())
		fail("the handler runs in user mode");
	_exit(0);
}

static void overflow_handled(void)
{
	static char other[65536];
	const stack_t stack = { .ss_sp = other, .ss_size = sizeof(other) };
	const struct sigaction action = { .sa_sigaction = on_overflow, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	recurse(NULL);
}

static void again(int number)
{
	*(volatile int *)16 = 1;
}

static void recursive_handler(void)
{
	const struct sigaction action = { .sa_handler = again, .sa_flags = SA_NODEFER };

	sigaction(SIGSEGV, &action, NULL);
	again(0);
}

static volatile int depth;

static void deeper(int number)
{
	if (++depth < 500)
		raise(SIGUSR1);
}

static void nested_handlers(void)
{
	const struct sigaction action = { .sa_handler = deeper, .sa_flags = SA_NODEFER };

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	if (depth != 500)
		fail("%d of 500 handlers", depth);
}

static void signal_wild_stack(void)
{
	const struct itimerval soon = { { 0, 0 }, { 0, 2000 } };

	signal(SIGALRM, again);
	setitimer(ITIMER_REAL, &soon, NULL);
	spin_at(UNMAPPED);
}

/* What a handler puts into the frame that sigreturn takes */
static int which;

static void forge(int number, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	const unsigned long kernel_text = symbol("_stext");

	switch (which) {
	case 0: regs[REG_RIP] = UNMAPPED; break;
	case 1: regs[REG_RIP] = NONCANONICAL; break;
	case 2: regs[REG_RIP] = kernel_text; break;
	case 3: regs[REG_RSP] = kernel_text; regs[REG_RIP] = 0; break;
	case 4: regs[REG_CSGSFS] = 0x10; regs[REG_RIP] = 8; break;
	case 5: regs[REG_CSGSFS] = 0x1234; break;
	case 6: regs[REG_EFL] = -1; regs[REG_RIP] = 8; break;
	case 7: regs[REG_CSGSFS] |= 0x18L << 48; regs[REG_RIP] = 8; break;
	}
}

static int forge_in_child(void *argument)
{
	const struct sigaction action = { .sa_sigaction = forge, .sa_flags = SA_SIGINFO };

	which = *(int *)argument;
	enter(0);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	return 3;
}

static void forged_frames(void)
{
	for (int i = 0; i < 8; i++) {
		const char *ended = status_text(in_child(forge_in_child, &i));

		if (strcmp(ended, "signal 11") != 0)
			fail("frame %d: %s", i, ended);
	}
}

const struct deed stack_deeds[] = {
	{ "stack-overflow", "stack overflow", "signal 11", overflow, 0 },
	{ "stack-overflow-handled", "stack overflow, handler on another stack", "exit 0", overflow_handled, 0 },
	{ "push-null", "stack pointer 0, push", "signal 11", push_null, 0 },
	{ "push-noncanonical", "stack pointer not canonical, push", "signal 7 or signal 11", push_noncanonical, 0 },
	{ "push-kernel", "stack pointer a wild kernel address, push", "signal 11", push_kernel, 0 },
	{ "push-text", "stack pointer in Linux's text, push", "signal 11", push_text, 0 },
	{ "push-user", "stack pointer where nothing is mapped, push", "signal 11", push_user, 0 },
	{ "spin-null", "stack pointer 0 while interrupts come", "exit 0", spin_null, 0 },
	{ "spin-odd", "stack pointer 3 while interrupts come", "exit 0", spin_odd, 0 },
	{ "spin-noncanonical", "stack pointer not canonical while interrupts come", "exit 0", spin_noncanonical, 0 },
	{ "spin-kernel", "stack pointer in Linux's data while interrupts come", "exit 0", spin_kernel, 0 },
	{ "spin-unmapped", "stack pointer a wild kernel address while interrupts come", "exit 0", spin_unmapped, 0 },
	{ "spin-kernel-stack", "stack pointer in its kernel stack while interrupts come", "exit 0", spin_kernel_stack, 0 },
	{ "fault-kernel-stack", "stack pointer in Linux's data, write to a null pointer", "signal 11", fault_kernel_stack, 0 },
	{ "recursive-handler", "signal handler that faults, for ever", "signal 11", recursive_handler, 0 },
	{ "nested-handlers", "500 signal handlers in one another", "exit 0", nested_handlers, 0 },
	{ "signal-wild-stack", "signal while the stack pointer is wild", "signal 11", signal_wild_stack, 0 },
	{ "forged-frames", "sigreturn with forged frames: kernel segments, addresses, flags", "exit 0", forged_frames, 0 },
	{ 0 }
};
