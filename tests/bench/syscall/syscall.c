/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions of a system call by each way into the kernel: the trap of an
 * ordinary process, the gate, the direct call of a kernel function. By turns,
 * in one process that leaves kernel mode and enters it. Prints
 *
 *	tsc COUNTS INSTRUCTIONS		of a loop of known length
 *	child CASE TRAP			of a child, which was never in kernel mode; not
 *					of files, which it would share
 *	case CASE TRAP GATE DIRECT
 *
 * A figure is the mean of BATCH calls in the best of the rounds: in others an
 * interrupt of Linux's may have come. usage: syscall DIRECTORY [ROUNDS]
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kw.h>

#include "cases.h"

#define BATCH	100	/* calls that are timed together */
#define WARM	8	/* not counted, before each batch */

enum way { TRAP, GATE, DIRECT, CHILD, WAYS };
static unsigned long (*const loops[WAYS])(struct call *, unsigned long) = { loop_trap, loop_gate, loop_direct, loop_trap };

static struct kw_info info;
/* Shared with the child */
static double (*cost)[WAYS];

static void prepare(const struct test *test, enum way way, struct call *call)
{
	if (test->fd >= 0)
		lseek(test->fd, 0, SEEK_SET);
	memset(call, 0, sizeof(*call));
	memcpy(call->argument, way == DIRECT ? test->direct : test->argument, way == DIRECT ? sizeof(test->direct) : sizeof(test->argument));
	call->number = test->number;
	call->gate = info.gate + test->number * info.gate_stride;
	call->function = test->function;
}

/* An interrupt in this one would make the calls look cheap. */
static unsigned long least_empty(struct call *call)
{
	unsigned long least = loop_empty(call, BATCH);

	for (int i = 0; i < 4; i++) {
		unsigned long took = loop_empty(call, BATCH);

		least = took < least ? took : least;
	}
	return least;
}

/* Instructions a call, of one batch */
static double measure(const struct test *test, enum way way)
{
	struct call call;
	unsigned long empty, full;

	if (kw_active() != (way == GATE || way == DIRECT))
		errx(1, "%s: in the wrong mode", test->name);
	prepare(test, way, &call);
	loops[way](&call, WARM);
	/* Again: a batch begins where the file does. */
	prepare(test, way, &call);
	empty = least_empty(&call);
	full = loops[way](&call, BATCH);
	if (call.result != test->result)
		errx(1, "%s returned %ld, not %ld", test->name, call.result, test->result);
	return ((double)full - (double)empty) / BATCH;
}

static void measure_all(enum way way)
{
	for (int i = 0; i < test_count; i++) {
		double found;

		if (way == CHILD && tests[i].fd >= 0)
			continue;
		found = measure(&tests[i], way);
		if (cost[i][way] == 0 || found < cost[i][way])
			cost[i][way] = found;
	}
}

static void measure_child(int rounds)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		/* Its own number */
		tests[0].result = getpid();
		while (rounds-- > 0)
			measure_all(CHILD);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "the child failed");
}

static void one_round(void)
{
	int error = kw_leave();

	if (error != 0)
		errx(1, "kw_leave: %s", strerror(-error));
	measure_all(TRAP);
	error = kw_enter(0);
	if (error != 0)
		errx(1, "kw_enter: %s", strerror(-error));
	measure_all(GATE);
	measure_all(DIRECT);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[2]) : 20;
	int device;

	if (argc < 2 || rounds < 1)
		errx(2, "usage: syscall DIRECTORY [ROUNDS]");
	device = open(KW_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || ioctl(device, KW_INFO, &info))
		err(1, "%s", KW_DEVICE);
	cost = mmap(NULL, TESTS_MOST * sizeof(*cost), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (cost == MAP_FAILED)
		err(1, "mmap");
	tests_prepare(argv[1], BATCH);
	measure_child(rounds);
	for (int round = 0; round < rounds; round++)
		one_round();
	printf("tsc %lu %lu\n", loop_instructions(100000), 300000ul);
	for (int i = 0; i < test_count; i++) {
		if (cost[i][CHILD] != 0)
			printf("child %s %.2f\n", tests[i].name, cost[i][CHILD]);
		printf("case %s %.2f %.2f %.2f\n", tests[i].name, cost[i][TRAP], cost[i][GATE], cost[i][DIRECT]);
	}
	return 0;
}
