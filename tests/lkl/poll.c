// SPDX-License-Identifier: BSD-2-Clause
/*
 * The library kernel on the polling host: one thread, a static arena, no memory,
 * threads or futexes of the system. Boots TIMES over, sleeps, and uses a pipe;
 * then a stack overflow on a kernel stack becomes a panic, by a guard page. TAP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "lkl.h"
#include "tap.h"

#define SIZE	(32UL << 20)

static char arena[SIZE] __attribute__((aligned(1 << 16)));
static unsigned long relaxed;
static int overflows, panics;
static char reason[200];

static unsigned long long read_clock(int clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static unsigned long long now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static unsigned long long wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

/* Called on a kernel stack, which ends at a guard page. */
static __attribute__((noinline)) int use_stack_up(int depth)
{
	volatile char some[256];

	some[depth % 256] = depth;
	return (depth < 1000000 ? use_stack_up(depth + 1) : 0) + some[depth % 256];
}

static void print(const char *text, unsigned int length)
{
	if (overflows) {
		overflows = 0;
		use_stack_up(0);
	}
	if (getenv("LKL_LOG") && write(2, text, length) < 0)
		return;
}

static void relax(unsigned long long deadline)
{
	relaxed++;
}

static void on_panic(const char *why)
{
	panics++;
	strncpy(reason, why, sizeof(reason) - 1);
}

static int protect(void *base, unsigned long size, int accessible)
{
	return mprotect(base, size, accessible ? PROT_READ | PROT_WRITE : PROT_NONE) ? -errno : 0;
}

static const struct lkl_poll_options options = {
	.arena = arena, .size = SIZE, .now_ns = now_ns, .wall_ns = wall_ns, .print = print, .relax = relax,
};

static const struct lkl_poll_options guarded = {
	.arena = arena, .size = SIZE, .now_ns = now_ns, .wall_ns = wall_ns, .print = print, .relax = relax,
	.panic = on_panic, .protect = protect,
};

static int use_it(void)
{
	struct timespec pause = { 0, 5000000 };
	unsigned long long start;
	int ends[2];
	char byte = 0;

	start = now_ns();
	if (lkl_sys_nanosleep(&pause, NULL) || now_ns() - start < 5000000 || now_ns() - start > 500000000)
		return -1;
	if (lkl_sys_pipe2(ends, 0) || lkl_sys_write(ends[1], "p", 1) != 1 || lkl_sys_read(ends[0], &byte, 1) != 1)
		return -1;
	return byte == 'p' ? 0 : -1;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	unsigned long next = lkl_fault(registers[REG_RIP], (unsigned long)info->si_addr);

	if (!next)
		_exit(3);
	registers[REG_RIP] = next;
}

static void overflow(void)
{
	static char own_stack[1 << 16];
	stack_t stack = { .ss_sp = own_stack, .ss_size = sizeof(own_stack) };
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	memset(arena, 0, sizeof(arena));
	ok(lkl_poll_init(&guarded) == 0 && lkl_start_kernel("loglevel=7") == 0, "boots with guard pages");
	overflows = 1;
	/* Any message of the kernel will do. */
	ok(lkl_sys_mount("none", "/", "nothing", 0, NULL) == -ENODEV && overflows == 1, "calls work");
	ok(lkl_sys_open("/dev/kmsg", O_WRONLY, 0) == -ENOENT, "there is no /dev yet");
	lkl_sys_mkdir("/dev", 0755);
	lkl_sys_mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	ok(lkl_sys_write(lkl_sys_open("/dev/kmsg", O_WRONLY, 0), "<1>overflow\n", 12) == -EIO && panics == 1 &&
	   strstr(reason, "stack overflow"), "a kernel stack that is used up is a panic: %s", reason);
	ok(lkl_sys_getpid() == -EIO && lkl_sys_halt() == 0, "the kernel is halted");
	ok(mprotect(arena, SIZE, PROT_READ | PROT_WRITE) == 0, "the arena is whole again");
	memset(arena, 0, sizeof(arena));
	ok(lkl_start_kernel("loglevel=7") == 0 && use_it() == 0 && lkl_sys_halt() == 0, "another boots");
}

int main(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 10, i;

	ok(lkl_poll_init(&options) == 0, "the polling host is set up");
	for (i = 0; i < times; i++) {
		memset(arena, 0, sizeof(arena));
		if (lkl_start_kernel("loglevel=7") || use_it() || lkl_sys_halt())
			break;
	}
	ok(i == times, "boots, sleeps, pipes and halts %d times", times);
	ok(relaxed > 0, "waiting was polled");
	overflow();
	return done_testing();
}
