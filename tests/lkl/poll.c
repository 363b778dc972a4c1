// SPDX-License-Identifier: BSD-2-Clause
/*
 * The library kernel on the polling host: one thread, a static arena, no memory,
 * threads or futexes of the system. Boots TIMES over, sleeps, and uses a pipe. TAP.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lkl.h"
#include "tap.h"

#define SIZE	(32UL << 20)

static char arena[SIZE] __attribute__((aligned(1 << 16)));
static unsigned long relaxed;

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

static void print(const char *text, unsigned int length)
{
	if (getenv("LKL_LOG") && write(2, text, length) < 0)
		return;
}

static void relax(unsigned long long deadline)
{
	relaxed++;
}

static const struct lkl_poll_options options = {
	.arena = arena, .size = SIZE, .now_ns = now_ns, .wall_ns = wall_ns, .print = print, .relax = relax,
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
	return done_testing();
}
