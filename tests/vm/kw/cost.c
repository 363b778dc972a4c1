/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cost ROUNDS: what an ordinary program does, in instructions, for a guest
 * whose time-stamp counter counts them. Prints "NAME INSTRUCTIONS" for each
 * case, the least of ROUNDS: what comes in between, the clock's tick above all,
 * is not the case's.
 *
 * cost -k: be a program in kernel mode that sleeps.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>
#include "common.h"

#define PAGES	128
#define PAGE	4096

static int zero, null, to[2], from[2];

static void compute(unsigned long turns)
{
	unsigned long sum = 1;

	for (unsigned long i = 0; i < turns; i++) {
		sum = sum * 3 + (sum >> 7);
		__asm__ volatile("" : "+r" (sum));
	}
}

static void case_compute(void)
{
	compute(200000);
}

static void case_calls(void)
{
	struct timespec t;
	struct stat status;
	char buffer[256];

	for (int i = 0; i < 200; i++) {
		syscall(SYS_getppid);
		if (read(zero, buffer, sizeof(buffer)) < 0 || write(null, buffer, sizeof(buffer)) < 0)
			exit(1);
		fstat(zero, &status);
		clock_gettime(CLOCK_REALTIME, &t);
	}
}

static void case_faults(void)
{
	char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < PAGES; i++)
		memory[i * PAGE] = 1;
	mprotect(memory, PAGES * PAGE, PROT_READ);
	mprotect(memory, PAGES * PAGE, PROT_READ | PROT_WRITE);
	for (int i = 0; i < PAGES; i++)
		memory[i * PAGE] = 2;
	munmap(memory, PAGES * PAGE);
}

static void case_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
}

static void case_exec(void)
{
	pid_t child = vfork();

	if (child == 0) {
		execl("/proc/self/exe", "cost", "nothing", NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
}

/* A process at the other end of two pipes */
static void case_switches(void)
{
	char c = 0;

	for (int i = 0; i < 100; i++)
		if (write(to[1], &c, 1) != 1 || read(from[0], &c, 1) != 1)
			exit(1);
}

static void *nothing(void *unused)
{
	return NULL;
}

static void case_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, nothing, NULL);
	pthread_join(thread, NULL);
}

static void on_signal(int number)
{
}

static void case_signals(void)
{
	for (int i = 0; i < 100; i++)
		raise(SIGUSR1);
}

/* A short command: started, computes, asks the system a little */
static void case_command(void)
{
	case_exec();
	case_faults();
	case_calls();
	case_switches();
	case_signals();
	compute(300000);
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "compute", case_compute }, { "system-calls", case_calls }, { "page-faults", case_faults }, { "fork", case_fork }, { "exec", case_exec },
	{ "switches", case_switches }, { "thread", case_thread }, { "signals", case_signals }, { "mix", case_command },
};

static void start_other_end(void)
{
	char c;

	if (pipe(to) != 0 || pipe(from) != 0)
		fail_errno("pipe");
	if (fork() != 0) {
		close(to[0]);
		close(from[1]);
		return;
	}
	close(to[1]);
	while (read(to[0], &c, 1) == 1)
		if (write(from[1], &c, 1) != 1)
			break;
	_exit(0);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc == 2 ? strtoul(argv[1], NULL, 0) : 0;

	if (argc == 2 && strcmp(argv[1], "nothing") == 0)
		return 0;
	if (argc == 2 && strcmp(argv[1], "-k") == 0) {
		enter(0);
		for (;;)
			pause();
	}
	if (rounds == 0)
		return 2;
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	signal(SIGUSR1, on_signal);
	start_other_end();
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned long long least = ~0ull;

		for (unsigned int round = 0; round < rounds; round++) {
			unsigned long long start = __rdtsc(), took;

			cases[i].run();
			took = __rdtsc() - start;
			if (took < least)
				least = took;
		}
		printf("%s %llu\n", cases[i].name, least);
	}
	return 0;
}
