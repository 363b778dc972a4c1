/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes beside the application of tests/exchange/process, while that
 * measures how evenly its handler is started:
 *
 *	flood SECONDS [PROCESSES]
 *
 * Without PROCESSES every object is open, and rings are mapped, and nobody does
 * anything; else so many use all of them as fast as they can: open, map, write
 * until nothing more fits, read until nothing more comes. Then prints "timing
 * FURTHEST LOST LATENCY", "hist VALUE COUNT" for each value, in ns off the period,
 * and "calls COUNT WENT": in how many of them something went.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <unitron.h>
#include "echo.h"
#include "timing.h"

#define BATCH	64		/* data, or messages of a ring, at once */
#define ROUNDS	16		/* until all are opened anew */
#define MOST	8		/* processes */

static const char *const names[] = {
	"DATA_IN", "DATA_OUT", "SINK", "BEATS", "BOX_IN", "BOX_OUT", "BITS_IN", "BITS_OUT",
	"COUNT_IN", "COUNT_OUT", "STATUS", "TIMING", "ASK", "RING_IN", "RING_OUT",
};
#define NAMES	(sizeof(names) / sizeof(names[0]))

static struct unitron *objects[NAMES];

/* Of one process */
struct counts {
	volatile uint64_t calls, went;
};

static void failed(const char *what, int error)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(-error));
	exit(1);
}

/* One process at a time has a ring: whoever comes first. */
static void open_all(void)
{
	for (size_t i = 0; i < NAMES; i++) {
		int error = unitron_open(&objects[i], names[i]);

		if (error && error != -EBUSY)
			failed(names[i], error);
	}
}

static void close_all(void)
{
	for (size_t i = 0; i < NAMES; i++)
		unitron_close(objects[i]);
}

/* One call that does not wait. False: nothing went. */
static bool use(struct unitron *object)
{
	static uint64_t data[BATCH * WORDS];
	static char message[MESSAGE];
	const struct unitron_info *info = unitron_info(object);
	bool in = info->direction == UNITRON_WRITE;
	uint32_t pattern;

	switch (info->kind) {
	case UNITRON_DATAQUEUE:
		return (in ? unitron_dtq_send(object, (int64_t *)data, BATCH, 0) : unitron_dtq_receive(object, (int64_t *)data, BATCH, 0)) > 0;
	case UNITRON_MAILBOX:
		return in ? unitron_mbx_send(object, message, MESSAGE, 0) == 0 : unitron_mbx_receive(object, message, MESSAGE, 0) > 0;
	case UNITRON_EVENTFLAG:
		/* Bits are always taken: once is enough. */
		return in ? unitron_flg_set(object, STATUS_ASK) != 0 : unitron_flg_wait(object, UINT32_MAX, &pattern, 0) == 0;
	case UNITRON_SEMAPHORE:
		return (in ? unitron_sem_signal(object, 1, 0) : unitron_sem_wait(object, 0)) == 0;
	default:
		return (in ? unitron_ring_put(object, data, BATCH, 0) : unitron_ring_get(object, data, BATCH, 0)) > 0;
	}
}

static void flood(struct counts *counts)
{
	for (;;) {
		open_all();
		for (int round = 0; round < ROUNDS; round++) {
			for (size_t i = 0; i < NAMES; i++) {
				if (!objects[i])
					continue;
				while (counts->calls++, use(objects[i]))
					counts->went++;
			}
		}
		close_all();
	}
}

/* What was asked in the flood has to be read away before somebody else asks. */
static void drain(const char *name)
{
	struct unitron *object;
	int64_t data[BATCH];
	int error = unitron_open(&object, name);

	if (error)
		failed(name, error);
	while (unitron_dtq_receive(object, data, BATCH, 100) > 0)
		;
	unitron_close(object);
}

static void print(const struct timing *timing)
{
	printf("timing %lld %lld %lld\n", (long long)timing->furthest, (long long)timing->lost, (long long)timing->latency);
	for (int i = 0; i < timing->values; i++)
		printf("hist %lld %lld\n", (long long)timing->value[i], (long long)timing->count[i]);
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? (unsigned int)atoi(argv[1]) : 1;
	int processes = argc > 2 ? atoi(argv[2]) : 0, error;
	struct counts *counts = mmap(NULL, MOST * sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t calls = 0, went = 0;
	static struct timing timing;
	pid_t pids[MOST];

	if (counts == MAP_FAILED || processes > MOST)
		return 2;
	/* What was measured before is forgotten. */
	error = timing_get(&timing);
	if (error)
		failed("TIMING", error);
	if (!processes)
		open_all();
	for (int i = 0; i < processes; i++)
		if ((pids[i] = fork()) == 0)
			flood(&counts[i]);
	sleep(seconds);
	for (int i = 0; i < processes; i++) {
		/* A flood that has ended by itself was none. */
		if (waitpid(pids[i], NULL, WNOHANG) != 0)
			failed("a process of the flood", -ESRCH);
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
		calls += counts[i].calls;
		went += counts[i].went;
	}
	drain("STATUS");
	error = timing_get(&timing);
	if (error)
		failed("TIMING", error);
	print(&timing);
	printf("calls %llu %llu\n", (unsigned long long)calls, (unsigned long long)went);
	return 0;
}
