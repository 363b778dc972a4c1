/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernelware program that is busy in every way: gates, traps, page faults,
 * signals, forks; and with interrupts off, as only a program in kernel mode can
 * be. By hand, without libkw.
 *
 *	kwbusy ROUNDS		0: all went as it should
 *	kwbusy -i MS		MS ms with interrupts off
 *	kwbusy -s CPU MS	MS ms on the CPU, with no system call
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../../../include/unitron/kernelware.h"

#define PAGES 64

static struct kw_info info;
static volatile sig_atomic_t alarms;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static long by_gate(long number, long a, long b, long c)
{
	uint64_t gate = info.gate + number * info.gate_stride;
	long result;

	__asm__ volatile("lea 1f(%%rip), %%rcx\n\tcli\n\tjmp *%[gate]\n\tsyscall\n1:"
			 : "=a" (result) : "a" (number), "D" (a), "S" (b), "d" (c), [gate] "r" (gate) : "rcx", "r11", "memory");
	return result;
}

static unsigned int code_segment(void)
{
	unsigned short cs;

	__asm__ volatile("mov %%cs, %0" : "=r" (cs));
	return cs;
}

static void on_alarm(int signal)
{
	alarms++;
}

static void round_of_work(int round)
{
	char *memory = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	if (memory == MAP_FAILED)
		fail("mmap");
	for (int i = 0; i < PAGES; i++)
		memory[i * 4096] = (char)round;
	for (int i = 0; i < 200; i++)
		if (by_gate(SYS_getpid, 0, 0, 0) != getpid())
			fail("getpid by the gate");
	if (by_gate(SYS_munmap, (long)memory, PAGES * 4096, 0))
		fail("munmap by the gate");
	if (round % 16)
		return;
	pid = fork();
	if (pid == 0)
		_exit(code_segment() & 3 ? 0 : 1);
	if (waitpid(pid, &status, 0) != pid || status)
		fail("a forked child is not in user mode");
}

static uint64_t ns_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* By the TSC, whose rate is measured first: with interrupts off there is no system call. */
static void interrupts_off(long ms)
{
	uint64_t begin = ns_now(), tsc = __builtin_ia32_rdtsc(), cycles;

	while (ns_now() - begin < 10000000)
		;
	cycles = (__builtin_ia32_rdtsc() - tsc) / 10 * ms;
	__asm__ volatile("cli" : : : "memory");
	tsc = __builtin_ia32_rdtsc();
	while (__builtin_ia32_rdtsc() - tsc < cycles)
		;
	__asm__ volatile("sti" : : : "memory");
}

static void keep_processor(int cpu, long ms)
{
	cpu_set_t set;
	uint64_t begin, calls = 0;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("cannot keep the processor");
	for (begin = ns_now(); ns_now() - begin < ms * 1000000ULL; calls++)
		if (code_segment() & 3)
			fail("fallen out of kernel mode");
	printf("kwbusy: read the clock %lu times\n", (unsigned long)calls);
}

int main(int argc, char **argv)
{
	struct itimerval interval = { { 0, 700 }, { 0, 700 } };
	int device = open(KW_DEVICE, O_RDWR | O_CLOEXEC);

	if (argc < 2) {
		fprintf(stderr, "usage: kwbusy ROUNDS | kwbusy -i MS | kwbusy -s CPU MS\n");
		return 2;
	}
	if (device < 0 || ioctl(device, KW_INFO, &info) || ioctl(device, KW_ENTER, 0))
		fail(KW_DEVICE);
	if (!strcmp(argv[1], "-i")) {
		interrupts_off(argc > 2 ? atol(argv[2]) : 10);
		return 0;
	}
	if (!strcmp(argv[1], "-s")) {
		keep_processor(argc > 2 ? atoi(argv[2]) : 0, argc > 3 ? atol(argv[3]) : 10);
		return 0;
	}
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &interval, NULL);
	for (int round = 0; round < atoi(argv[1]); round++) {
		round_of_work(round);
		if (code_segment() & 3)
			fail("fallen out of kernel mode");
	}
	printf("kwbusy: %d signals\n", (int)alarms);
	return alarms ? 0 : 1;
}
