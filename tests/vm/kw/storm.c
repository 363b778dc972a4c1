/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All ways between a program in kernel mode and Linux, for NMIs to meet: gates,
 * promotions, page faults, signals, calls of functions, interrupts off and on;
 * every result and all registers are looked at.
 *
 *	storm ROUNDS
 *	storm -s STEPS	the first STEPS instructions in single steps
 *	storm -w TICKS	a sweep: each way for itself, an NMI (nmis_arm) on each
 *			instruction of it, TICKS times ten ns far
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include "common.h"
#include "registers.h"

#define PAGE 4096
#define PAGES 8

static unsigned int wide;
static unsigned long signals, expected_signals;
static int fds[2];

static long trap(long number)
{
	long result;

	__asm__ volatile("syscall" : "=a" (result) : "a" (number) : "rcx", "r11", "memory");
	return result;
}

static void look(const char *when, uint64_t value, unsigned long turns)
{
	static const char *const names[] = { "", "a register", "the red zone", "a vector register" };
	unsigned int bad = registers_hold(value, turns, wide);

	if (bad != 0)
		fail("%s: %s has changed", when, names[bad]);
	if (!kw_active())
		fail("%s: it has come to user mode", when);
}

static void gates_and_traps(uint64_t n)
{
	struct task_struct *self = kw_current();
	uint64_t back = 0;
	pid_t me = trap(SYS_getpid);

	for (int i = 0; i < 40; i++) {
		if (kw_syscall(SYS_getpid) != me || kw_current() != self)
			fail("a result of a gate is wrong");
		if (i % 4 == 0 && (trap(SYS_getpid) != me || !kw_active()))
			fail("a result of a trap is wrong");
	}
	if (kw_syscall(SYS_write, fds[1], &n, sizeof(n)) != sizeof(n) || kw_syscall(SYS_read, fds[0], &back, sizeof(back)) != sizeof(back) || back != n)
		fail("a word has changed on its way through a pipe");
	if (kw_syscall(SYS_read, -1, 0, 0) != -EBADF)
		fail("an error of a gate is wrong");
}

static void page_faults(uint64_t n)
{
	char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail_errno("mmap");
	for (int i = 0; i < PAGES; i++)
		memory[i * PAGE + 7] = (char)(n + i);
	for (int i = 0; i < PAGES; i++)
		if (memory[i * PAGE + 7] != (char)(n + i))
			fail("memory has changed");
	munmap(memory, PAGES * PAGE);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	signals++;
	if (number == SIGSEGV)
		registers[REG_RIP] += 3;	/* over mov (%rax), %rcx */
	look("in a handler", signals, 2);
}

static void faults_and_signals(void)
{
	__asm__ volatile("int3");
	__asm__ volatile("mov $8, %%eax\n\tmov (%%rax), %%rcx" : : : "rax", "rcx");
	kw_syscall(SYS_kill, getpid(), SIGUSR1);
	expected_signals += 3;
	if (signals != expected_signals)
		fail("%lu signals, not %lu", signals, expected_signals);
}

__attribute__((target("general-regs-only"), noinline))
static long seven(long a, long b, long c, long d, long e, long f, long g)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g;
}

static void calls(unsigned long count_bits)
{
	for (int i = 0; i < 4; i++) {
		if (kw_call(count_bits, 0xff00ff) != 16)
			fail("a kernel function's result is wrong");
		if (kw_call(seven, 1, 1, 1, 1, 1, 1, i) != 21 + 7 * i)
			fail("a function's result in the kernel's context is wrong");
	}
}

static void interrupts_off(void)
{
	for (int i = 0; i < 8; i++)
		__asm__ volatile("cli\n\t.fill 24, 1, 0x90\n\tsti\n\tnop" : : : "memory");
}

static int run(unsigned long rounds)
{
	/* Linux takes the handler away from a SIGTRAP that is blocked while it is stepped through. */
	const struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER };
	unsigned long count_bits;

	sigaction(SIGTRAP, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	wide = __builtin_cpu_supports("avx") != 0;
	if (pipe(fds) != 0)
		fail_errno("pipe");
	enter(0);
	count_bits = symbol("__sw_hweight32");
	for (unsigned long n = 0; n < rounds; n++) {
		look("at rest", n * 0x9e3779b97f4a7c15u, 50);
		gates_and_traps(n);
		page_faults(n);
		faults_and_signals();
		calls(count_bits);
		interrupts_off();
		look("after a round", ~n, 2);
	}
	leave();
	printf("%lu signals\n", signals);
	return 0;
}

/* ---- sweep ---------------------------------------------------------------------------- */

static char *page;
static struct task_struct *self;
static pid_t me;

static bool way_gate(void)
{
	return kw_syscall(SYS_getpid) == me;
}

static bool way_current(void)
{
	return kw_current() == self;
}

static bool way_trap(void)
{
	return trap(SYS_getpid) == me;
}

static bool way_fault(void)
{
	*(volatile char *)page = 1;
	return true;
}

static bool way_call(void)
{
	return kw_call(seven, 1, 1, 1, 1, 1, 1, 1) == 28;
}

static bool way_breakpoint(void)
{
	unsigned long before = signals;

	__asm__ volatile("int3");
	return signals == before + 1;
}

static bool way_yield(void)
{
	return kw_syscall(SYS_sched_yield) == 0;
}

static const struct {
	const char *name;
	bool (*run)(void);
} ways[] = {
	{ "gate", way_gate }, { "gate_current", way_current }, { "trap", way_trap }, { "page fault", way_fault }, { "call", way_call },
	{ "breakpoint", way_breakpoint }, { "sched_yield", way_yield },
};

/* So many instructions that do nothing, up to 15 */
static void some_instructions(unsigned long count)
{
	__asm__ volatile("lea	1f(%%rip), %%rax\n\t"
			 "sub	%0, %%rax\n\t"
			 "jmp	*%%rax\n\t"
			 ".fill	15, 1, 0x90\n"
			 "1:" : : "r" (count) : "rax");
}

static int sweep(unsigned int ticks)
{
	const struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	unsigned long arm;

	sigaction(SIGTRAP, &action, NULL);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	enter(0);
	arm = symbol("nmis_arm");
	self = kw_current();
	me = trap(SYS_getpid);
	for (unsigned int way = 0; way < ARRAY_SIZE(ways); way++)
		for (unsigned int i = 0; i < ticks * 10; i++) {
			if (ways[way].run == way_fault)
				madvise(page, PAGE, MADV_DONTNEED);
			kw_call(arm, 4 + i / 10);
			some_instructions(i % 10);
			if (!ways[way].run())
				fail("%s: the result is wrong", ways[way].name);
			look(ways[way].name, i, 1);
		}
	leave();
	return 0;
}

/* The steps end when the program does. */
static int single_steps(unsigned long steps)
{
	unsigned long done = 0;
	int status, number = 0;
	pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		status = run(3);
		fflush(stdout);
		_exit(status);
	}
	waitpid(child, &status, 0);
	for (; done < steps; done++) {
		if (ptrace(PTRACE_SINGLESTEP, child, 0, number) != 0)
			fail_errno("ptrace");
		if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
			break;
		number = WSTOPSIG(status);
		/* Its int3 is a SIGTRAP of its own: a breakpoint is told by the kernel, a step by the trap. */
		if (number == SIGTRAP) {
			siginfo_t info;

			ptrace(PTRACE_GETSIGINFO, child, 0, &info);
			number = info.si_code == SI_KERNEL ? SIGTRAP : 0;
		}
	}
	while (WIFSTOPPED(status)) {
		ptrace(PTRACE_CONT, child, 0, number);
		if (waitpid(child, &status, 0) != child)
			fail_errno("waitpid");
		number = WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
	}
	printf("%lu steps\n", done);
	if (status != 0)
		fail("it ended with %s", status_text(status));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "-s") == 0)
		return single_steps(strtoul(argv[2], NULL, 0));
	if (argc == 3 && strcmp(argv[1], "-w") == 0)
		return sweep(strtoul(argv[2], NULL, 0));
	return argc == 2 ? run(strtoul(argv[1], NULL, 0)) : 2;
}
