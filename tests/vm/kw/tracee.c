/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tracee WORK user|trap|gate: what tracer.c traces. Enters kernel mode unless
 * "user", stops itself, does its work; the status is 0 if all was as it should,
 * or as the tracer wants it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"
#include "common.h"

#define PAGE 4096

static bool by_gate;
static volatile long counter;

static void stop(void)
{
	CALL(SYS_kill, CALL(SYS_getpid), SIGSTOP);
}

static volatile int caught;

static void on_signal(int number)
{
	caught++;
}

/* Some thousand instructions: arithmetic, strings, faults, calls, signals, flags */
static int work_steps(void)
{
	char text[64], *memory;
	unsigned long sum = 1, flags;

	signal(SIGUSR1, on_signal);
	stop();
	for (unsigned long i = 0; i < 400; i++) {
		__asm__ volatile("" : "+r" (i));
		sum = sum * 3 + (sum >> 7);
	}
	memory = (char *)CALL(SYS_mmap, 0x10000000, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	memory[5] = 'a';
	memory[3 * PAGE] = 'b';
	__asm__ volatile("pushfq\n\tpop %0\n\tpush %0\n\tpopfq\n\tcld\n\tnop" : "=r" (flags) : : "memory");
	__asm__ volatile("cld\n\trep stosb" : : "D" (memory), "a" (7), "c" (40UL) : "memory");
	for (int i = 0; i < 20; i++) {
		sum += CALL(SYS_getppid) == getppid();
		sum += CALL(SYS_read, -1, text, 5) == -EBADF;
	}
	CALL(SYS_kill, getpid(), SIGUSR1);
	CALL(SYS_munmap, memory, 4 * PAGE);
	snprintf(text, sizeof(text), "%lu %d", sum, caught);
	return caught == 1 ? 0 : 1;
}

static int work_calls(void)
{
	struct timespec t = { 0, 5000000 };
	char buffer[16];
	int fds[2], status;
	pid_t child;

	signal(SIGUSR1, on_signal);
	stop();
	CALL(SYS_getuid);
	CALL(SYS_read, -1, 0, 0);
	CALL(SYS_pipe, fds);
	CALL(SYS_write, fds[1], "hello", 5);
	CALL(SYS_read, fds[0], buffer, 5);
	CALL(SYS_nanosleep, &t, 0);
	CALL(SYS_kill, CALL(SYS_getpid), SIGUSR1);
	CALL(SYS_openat, AT_FDCWD, "/nothing/there", O_RDONLY, 0);
	CALL(SYS_mprotect, 8, 5, 7);
	CALL(1000, 1, 2, 3);			/* no such call */
	child = fork();
	if (child == 0)
		_exit(3);
	CALL(SYS_wait4, child, &status, 0, 0);
	child = vfork();
	if (child == 0)
		_exit(4);
	CALL(SYS_wait4, child, &status, 0, 0);
	if (fork() == 0) {
		execl("/proc/self/exe", "tracee", "nothing", "user", NULL);
		_exit(1);
	}
	CALL(SYS_wait4, -1, &status, 0, 0);
	CALL(SYS_exit_group, 9);
	return 1;
}

/* Leaves r15 alone, whichever way the call goes */
void changes_getgid(void);
__attribute__((noinline)) void changes_getgid(void)
{
	CALL(SYS_getgid);
}

/* See tracer.c for what it changes. */
static int work_changes(void)
{
	int null = open("/dev/null", O_WRONLY);
	unsigned long kept;
	int wrong = 0;

	stop();
	wrong |= (CALL(SYS_getppid) != 0) << 0;		/* root's uid */
	wrong |= (CALL(SYS_getpid) != -ENOSYS) << 1;
	wrong |= (CALL(1000) != 4711) << 2;
	wrong |= (CALL(SYS_write, null, "text", 4) != 3) << 3;
	/* At the end of this call the tracer changes r15. */
	__asm__ volatile("mov $1, %%r15d\n\tcall changes_getgid\n\tmov %%r15, %0" : "=r" (kept) : "D" (0)
			 : "r15", "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "memory", "cc");
	wrong |= (kept != 0x5555) << 4;
	return wrong;
}

static int work_emulate(void)
{
	long first;

	stop();
	first = CALL(SYS_getppid);
	for (int i = 0; i < 100; i++)
		if (CALL(SYS_close, 0) != first + 1 + i)
			return 1;
	return 0;
}

static __attribute__((noinline)) void count(void)
{
	__asm__ volatile("incq %0" : "+m" (counter));
}

static int work_breakpoints(void)
{
	__asm__ volatile("mov %0, %%r12\n\tmov %1, %%r13\n\tsyscall"
			 : : "r" (&counter), "r" (count), "a" (SYS_kill), "D" (getpid()), "S" (SIGSTOP) : "r12", "r13", "rcx", "r11", "memory");
	for (int i = 0; i < 30; i++) {
		count();
		if (CALL(SYS_getppid) != getppid())
			return 1;
	}
	return counter == 30 ? 0 : 2;
}

static int work_busy(void)
{
	struct pollfd input = { 0, POLLIN, 0 };
	const struct timespec t = { 0, 100000 };
	int fds[2];

	if (pipe(fds) != 0)
		return 1;
	for (unsigned long n = 0;; n++) {
		unsigned long back = 0, sum = 0;

		for (unsigned long i = 0; i < 200; i++)
			sum += i ^ n;
		if (CALL(SYS_write, fds[1], &n, 8) != 8 || CALL(SYS_read, fds[0], &back, 8) != 8 || back != n || sum == 1)
			return 2;
		if (CALL(SYS_getppid) != getppid() || CALL(SYS_close, -1) != -EBADF)
			return 3;
		if (n % 64 == 0 && poll(&input, 1, 0) == 1)
			return 0;
		if (n % 16 == 0 && CALL(SYS_nanosleep, &t, 0) != 0)
			return 4;
	}
}

static const struct {
	const char *name;
	int (*run)(void);
} works[] = {
	{ "steps", work_steps }, { "calls", work_calls }, { "changes", work_changes }, { "emulate", work_emulate },
	{ "breakpoints", work_breakpoints }, { "busy", work_busy },
};

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	by_gate = strcmp(argv[2], "gate") == 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(works); i++)
		if (strcmp(argv[1], works[i].name) == 0) {
			if (strcmp(argv[2], "user") != 0)
				enter(0);
			return works[i].run();
		}
	return strcmp(argv[1], "nothing") == 0 ? 0 : 2;
}
