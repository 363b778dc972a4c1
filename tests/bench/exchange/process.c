/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process's half of bench-exchange: lines "NAME VALUE". Cycles of the
 * time-stamp counter are instructions (icount, shift 0).
 *
 *	bench_process ROUNDS MESSAGES
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unitron.h>
#include <unistd.h>
#include <x86intrin.h>

#define WORDS 8
#define BATCH 1024

static struct unitron *object(const char *name)
{
	struct unitron *opened;
	int error = unitron_open(&opened, name);

	if (error) {
		fprintf(stderr, "bench_process: %s: %s\n", name, strerror(-error));
		exit(1);
	}
	return opened;
}

static void failed(const char *what)
{
	fprintf(stderr, "bench_process: %s\n", what);
	exit(1);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void print(const char *name, int64_t *values, long n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	printf("%s %lld %lld %lld\n", name, (long long)values[0], (long long)values[n / 2], (long long)values[n - 1]);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* From before write(2) until the task runs */
static void to_task(long rounds)
{
	struct unitron *times = object("TIMES"), *took = object("TOOK");
	int64_t *values = calloc((size_t)rounds, sizeof(*values));
	int fd = unitron_fd(times);

	for (long i = 0; i < rounds; i++) {
		int64_t now = (int64_t)__rdtsc();

		if (write(fd, &now, sizeof(now)) != sizeof(now) || unitron_dtq_receive(took, &values[i], 1, 1000) != 1)
			failed("no answer to a time");
	}
	print("process-to-task", values, rounds);
	unitron_close(times);
	unitron_close(took);
	free(values);
}

/* Linux's part of that: from before write(2) until a driver has it (stamp.c) */
static void to_driver(long rounds)
{
	int64_t *values = calloc((size_t)rounds, sizeof(*values)), stamp;
	int fd = open("/dev/stamp", O_RDWR);

	if (fd < 0)
		failed("/dev/stamp");
	for (long i = 0; i < rounds; i++) {
		int64_t now = (int64_t)__rdtsc();

		if (write(fd, &now, sizeof(now)) != sizeof(now) || read(fd, &stamp, sizeof(stamp)) != sizeof(stamp))
			failed("no stamp of a driver");
		values[i] = stamp - now;
	}
	print("process-to-driver", values, rounds);
	close(fd);
	free(values);
}

/* From before snd_dtq until the process, asleep in read, runs; and of it, snd_dtq itself */
static void to_process(long rounds)
{
	struct unitron *stamps = object("STAMPS"), *took = object("TOOK"), *go = object("GO");
	int64_t *all = calloc((size_t)rounds, sizeof(*all)), *call = calloc((size_t)rounds, sizeof(*call)), stamp;

	for (long i = 0; i < rounds; i++) {
		if (unitron_sem_signal(go, 1, 0) || unitron_dtq_receive(stamps, &stamp, 1, 1000) != 1)
			failed("no stamp");
		all[i] = (int64_t)__rdtsc() - stamp;
		if (unitron_dtq_receive(took, &call[i], 1, 1000) != 1)
			failed("no time of the call");
	}
	print("task-to-process", all, rounds);
	print("snd_dtq", call, rounds);
	unitron_close(stamps);
	unitron_close(took);
	unitron_close(go);
	free(all);
	free(call);
}

static void fill(uint64_t *m, uint64_t number, uint64_t last)
{
	m[0] = number;
	m[1] = last;
	m[2] = m[3] = m[4] = m[5] = m[6] = ~number;
	m[7] = number ^ last ^ ~number;
}

static void ring_in(long messages)
{
	static uint64_t batch[BATCH][WORDS];
	struct unitron *ring = object("RING_IN"), *drained = object("DRAINED");
	int64_t result = 0;
	double begin = seconds();

	for (long sent = 0; sent < messages;) {
		long n = messages - sent < BATCH ? messages - sent : BATCH;

		for (long i = 0; i < n; i++)
			fill(batch[i], (uint64_t)(sent + i), sent + i == messages - 1);
		if (unitron_ring_put(ring, batch, (size_t)n, 5000) != n)
			failed("a ring takes no more");
		sent += n;
	}
	if (unitron_dtq_receive(drained, &result, 1, 5000) != 1 || result != messages)
		failed("messages are lost or wrong");
	printf("ring-in %.0f\n", (double)messages / (seconds() - begin));
	unitron_close(ring);
	unitron_close(drained);
}

static void ring_out(long messages)
{
	static uint64_t batch[BATCH][WORDS];
	struct unitron *ring = object("RING_OUT"), *amount = object("AMOUNT");
	uint64_t next = 0;
	double begin;

	messages -= messages % 10000;
	begin = seconds();
	if (unitron_sem_signal(amount, (uint64_t)messages / 10000, 0))
		failed("AMOUNT");
	while (next < (uint64_t)messages) {
		ssize_t n = unitron_ring_get(ring, batch, BATCH, 5000);

		if (n <= 0)
			failed("a ring gives no more");
		for (ssize_t i = 0; i < n; i++) {
			const uint64_t *m = batch[i];

			if (m[0] != next++ || m[7] != (m[0] ^ m[1] ^ m[2] ^ m[3] ^ m[4] ^ m[5] ^ m[6]))
				failed("a message is wrong");
		}
	}
	printf("ring-out %.0f\n", (double)messages / (seconds() - begin));
	unitron_close(ring);
	unitron_close(amount);
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 1000, messages = argc > 2 ? atol(argv[2]) : 1000000;

	to_task(rounds);
	to_driver(rounds);
	to_process(rounds);
	ring_in(messages);
	ring_out(messages);
	return 0;
}
