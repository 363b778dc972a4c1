/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings that processes map: many messages, processes killed in the midst, and
 * one that writes whatever it likes into the memory it shares.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "echo.h"
#include "test.h"

#define MESSAGES	300000	/* unless the environment says another number */
#define BATCH		40
#define LIVES		40

static void fill(uint64_t *message, uint64_t number)
{
	message[0] = number;
	message[WORDS - 1] = number;
	for (int i = 1; i < WORDS - 1; i++) {
		message[i] = number * 2654435761u + (uint64_t)i;
		message[WORDS - 1] += message[i];
	}
}

static bool whole(const uint64_t *message)
{
	uint64_t sum = message[0];

	for (int i = 1; i < WORDS - 1; i++)
		sum += message[i];
	return message[WORDS - 1] == sum;
}

/* Put messages first to last - 1 in batches; wait at most so long for each. */
static bool put_all(struct unitron *object, uint64_t first, uint64_t last, int timeout)
{
	static uint64_t messages[BATCH * WORDS];

	while (first < last) {
		size_t n = 1 + tap_random(BATCH);

		if (n > last - first)
			n = last - first;
		for (size_t i = 0; i < n; i++)
			fill(messages + i * WORDS, first + i);
		if (unitron_ring_put(object, messages, n, timeout) != (ssize_t)n)
			return false;
		first += n;
	}
	return true;
}

static pid_t start_putting(uint64_t first, uint64_t last)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct unitron *object = NULL;

		/* The one before may still be going. */
		while (unitron_open(&object, "RING_IN") == -EBUSY)
			usleep(1000);
		_exit(!object || !put_all(object, first, last, 10000));
	}
	return pid;
}

static void end_process(pid_t pid, int signal)
{
	if (signal)
		kill(pid, signal);
	waitpid(pid, NULL, 0);
}

static struct unitron *open_ring(const char *name)
{
	struct unitron *object = NULL;

	for (int i = 0; i < 1000 && unitron_open(&object, name) == -EBUSY; i++)
		usleep(1000);
	return object ? object : open_object(name);
}

static void test_stream(void)
{
	struct unitron *out = open_ring("RING_OUT"), *second;
	uint64_t count = getenv("MESSAGES") ? strtoull(getenv("MESSAGES"), NULL, 0) : MESSAGES;
	uint64_t messages[BATCH * WORDS], next = 0, begin = now_ns();
	pid_t writer = start_putting(0, count);
	bool good = true;
	ssize_t n;

	while (next < count && (n = unitron_ring_get(out, messages, 1 + tap_random(BATCH), 10000)) > 0)
		for (ssize_t i = 0; i < n; i++, next++)
			good &= messages[i * WORDS] == next && whole(messages + i * WORDS);
	ok(good && next == count, "[XCH-29] ring: messages of 64 bytes there and back, in order and whole, none lost");
	printf("# %llu messages, %llu a second\n", (unsigned long long)next, (unsigned long long)(next * 1000000000 / (now_ns() - begin)));
	end_process(writer, 0);
	ok(unitron_ring_get(out, messages, 1, 0) == -EAGAIN, "[XCH-31] and no more");
	ok(unitron_ring_get(out, messages, 1, 100) == -ETIMEDOUT, "[XCH-31] a time-out");
	ok(unitron_ring_put(out, messages, 1, 0) == -EBADF && unitron_ring_get(out, messages, 0, 0) == 0,
	   "[XCH-3] the wrong direction, none at all");
	ok(unitron_open(&second, "RING_OUT") == -EBUSY && !second, "[XCH-30] a second process: EBUSY");
	unitron_close(out);
}

static void test_polling(void)
{
	struct unitron *in = open_ring("RING_IN"), *out = open_ring("RING_OUT");
	struct pollfd fd = { .fd = unitron_fd(out), .events = unitron_events(out) };
	uint64_t got[WORDS];
	bool good = true, quiet = true;

	for (uint64_t i = 0; i < 100; i++) {
		good &= unitron_ring_get(out, got, 1, 0) == -EAGAIN;
		quiet &= i % 20 || poll(&fd, 1, 20) == 0;
		good &= put_all(in, i, i + 1, 1000) && poll(&fd, 1, 5000) == 1 && unitron_ring_get(out, got, 1, 5000) == 1 && got[0] == i;
	}
	ok(good, "[XCH-31] poll tells of each message");
	ok(quiet, "[XCH-31] and is quiet when there is none");
	unitron_close(in);
	unitron_close(out);
}

/* Messages of a writer that is killed come without a gap, up to the last that it had put. */
static void test_killed(void)
{
	struct unitron *out = open_ring("RING_OUT");
	uint64_t messages[BATCH * WORDS], next = 0, base = 0;
	bool good = true;
	ssize_t n;

	for (uint64_t life = 1; life <= LIVES; life++) {
		pid_t writer = start_putting(life << 32, (life << 32) + (1u << 30));
		uint64_t end = now_ns() + 2000000 + tap_random(20000000);

		while ((n = unitron_ring_get(out, messages, BATCH, now_ns() < end ? 20 : 100)) > 0 || now_ns() < end) {
			for (ssize_t i = 0; i < n; i++) {
				/* Another life begins at its own number. */
				if (messages[i * WORDS] >> 32 != base) {
					base = messages[i * WORDS] >> 32;
					next = base << 32;
				}
				good &= messages[i * WORDS] == next++ && whole(messages + i * WORDS);
			}
			if (writer && now_ns() >= end) {
				end_process(writer, SIGKILL);
				writer = 0;
			}
		}
		if (writer)
			end_process(writer, SIGKILL);
	}
	ok(good && base > LIVES / 2, "[XCH-38] writers killed at random: no gap, no double, no torn message");
	unitron_close(out);
}

/* As a process that has gone wrong, or is wicked: the whole memory, all the time. */
static void scribble(const char *name)
{
	struct unitron *object = open_ring(name);
	const struct unitron_info *info = unitron_info(object);
	uint32_t *words = NULL;
	char line[256];
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from;

	while (maps && fgets(line, sizeof(line), maps))
		if ((strstr(line, "memfd:") || strstr(line, "/dev/unitron/")) && strstr(line, name) && sscanf(line, "%lx", &from) == 1)
			words = (uint32_t *)from;
	for (uint64_t end = now_ns() + 300000000; words && now_ns() < end;) {
		for (int i = 0; i < 1000; i++) {
			uint32_t at = tap_random(3) ? tap_random(2) ? 16 : 32 : tap_random(info->mapped / 4);

			words[at] = tap_random(4) ? words[16] + tap_random(600) - 300 : tap_random(UINT32_MAX);
			words[17] = words[33] = tap_random(2);
		}
		/* And it rings without end. */
		unitron_ring_put(object, words, 1, 0);
		unitron_ring_get(object, words, 1, 0);
	}
	_exit(words ? 0 : 1);
}

static void test_hostile(void)
{
	int64_t passed, before, after;
	struct unitron *in, *out;
	uint64_t got[WORDS], next = 1;
	bool good = true, ran = true;
	uint64_t begin;
	int status;

	application_status(&passed, &before);
	begin = now_ns();
	for (int round = 0; round < 4; round++) {
		pid_t pid = fork();

		if (pid == 0)
			scribble(round & 1 ? "RING_OUT" : "RING_IN");
		waitpid(pid, &status, 0);
		ran &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	ok(ran, "[XCH-32] ring: processes that write rubbish into the shared memory");
	ok(application_status(&passed, &after) && after - before > (int64_t)((now_ns() - begin) / 1000000 / 2),
	   "[XCH-40] the application's time goes on");
	/* What came of the rubbish has to be read away. */
	in = open_ring("RING_IN");
	out = open_ring("RING_OUT");
	while (unitron_ring_get(out, got, 1, 200) == 1)
		;
	for (; next < 1000; next++)
		good &= put_all(in, next, next + 1, 5000) && unitron_ring_get(out, got, 1, 5000) == 1 && got[0] == next && whole(got);
	ok(good, "[XCH-32] and after them a process has a ring as ever");
	unitron_close(in);
	unitron_close(out);
}

void test_rings(void)
{
	test_stream();
	test_polling();
	test_killed();
	test_hostile();
}
