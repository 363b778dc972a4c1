/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes killed at random instants while they send or receive; what is full
 * stays full on its own side. Nothing may be lost or doubled but what the dead
 * had in their hands.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "echo.h"
#include "test.h"

#define WRITERS		4
#define LIVES		25		/* of each writer */
#define READERS		3
#define NUMBERS		20000

/* What the processes tell the one that checks */
static struct shared {
	volatile int64_t acknowledged[WRITERS * LIVES];	/* how many data this one's calls have sent */
	volatile uint8_t seen[NUMBERS];
	volatile int64_t done;
} *shared;

static void share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* A writer sends its number and a count, one to five at once. */
static pid_t start_writer(int number)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct unitron *object = open_object("DATA_IN");
		int64_t data[5], count = 0;

		for (;;) {
			int n = 1 + (int)(count % 5);

			for (int i = 0; i < n; i++)
				data[i] = (int64_t)number << 32 | (count + i);
			if (unitron_dtq_send(object, data, (size_t)n, UNITRON_FOREVER) != n)
				_exit(1);
			count += n;
			shared->acknowledged[number] = count;
		}
	}
	return pid;
}

static void kill_and_wait(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int64_t next_of[WRITERS * LIVES];	/* the count that is due of each writer */

static bool take(struct unitron *object, int timeout)
{
	int64_t data[16];
	ssize_t n = unitron_dtq_receive(object, data, 16, timeout);
	bool good = true;

	for (ssize_t i = 0; i < n; i++)
		good &= data[i] >> 32 >= 0 && data[i] >> 32 < WRITERS * LIVES && (uint32_t)data[i] == next_of[data[i] >> 32]++;
	return good && (n > 0 || n == -EAGAIN || n == -ETIMEDOUT);
}

void test_killed_writers(void)
{
	struct unitron *object = open_object("DATA_OUT");
	pid_t pids[WRITERS];
	int64_t total = 0, lost = 0, surplus = 0, earlier = 0, passed = 0, beats = 0, before = 0;
	bool ordered = true;
	uint64_t begin;
	int life = 0;

	share();
	application_status(&earlier, &before);
	begin = now_ns();
	for (int i = 0; i < WRITERS; i++)
		pids[i] = start_writer(i);
	for (life = 1; life < LIVES; life++) {
		for (int i = 0; i < WRITERS; i++) {
			uint64_t end = now_ns() + tap_random(15000000);

			while (now_ns() < end)
				ordered &= take(object, 0);
			kill_and_wait(pids[i]);
			pids[i] = start_writer(life * WRITERS + i);
		}
	}
	for (int i = 0; i < WRITERS; i++)
		kill_and_wait(pids[i]);
	for (int empty = 0; empty < 3;) {
		int64_t sum = 0;

		for (int i = 0; i < WRITERS * LIVES; i++)
			sum += next_of[i];
		ordered &= take(object, 100);
		for (int i = 0; i < WRITERS * LIVES; i++)
			sum -= next_of[i];
		empty = sum == 0 ? empty + 1 : 0;
	}
	for (int i = 0; i < WRITERS * LIVES; i++) {
		total += next_of[i];
		lost += next_of[i] < shared->acknowledged[i];
		surplus += next_of[i] > shared->acknowledged[i] + 5;
	}
	printf("# %lld data of %d writers\n", (long long)total, WRITERS * LIVES);
	ok(ordered, "[XCH-38] writers killed at random: the data of each come in order, none twice");
	ok(lost == 0, "[XCH-38] all that a call has sent come");
	ok(surplus == 0 && total > WRITERS * LIVES, "[XCH-38] and no more than the call in which it was killed");
	ok(application_status(&passed, &beats) && passed - earlier == total, "[XCH-38] the application has passed on as many");
	/* Wide: the machine may be busy. What counts is that it does not stand still. */
	ok(beats - before > (int64_t)((now_ns() - begin) / 1000000 / 2), "[XCH-40] its time went on");
	unitron_close(object);
}

static pid_t start_reader(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct unitron *object = open_object("DATA_OUT");
		int64_t datum;

		while (unitron_dtq_receive(object, &datum, 1, UNITRON_FOREVER) == 1) {
			if (datum >= 0 && datum < NUMBERS)
				__atomic_fetch_add(&shared->seen[datum], 1, __ATOMIC_SEQ_CST);
			__atomic_fetch_add(&shared->done, 1, __ATOMIC_SEQ_CST);
		}
		_exit(1);
	}
	return pid;
}

void test_killed_readers(void)
{
	pid_t readers[READERS], writer;
	int kills = 0, missing = 0, doubled = 0, idle = 0;
	int64_t done = -1;

	share();
	writer = fork();
	if (writer == 0) {
		struct unitron *object = open_object("DATA_IN");
		int64_t data[NUMBERS];

		for (int64_t i = 0; i < NUMBERS; i++)
			data[i] = i;
		_exit(unitron_dtq_send(object, data, NUMBERS, UNITRON_FOREVER) != NUMBERS);
	}
	for (int i = 0; i < READERS; i++)
		readers[i] = start_reader();
	while (idle < 5) {
		int victim = (int)tap_random(READERS);

		usleep(tap_random(20000));
		idle = done == shared->done ? idle + 1 : 0;
		done = shared->done;
		if (idle || kills >= 60) {
			usleep(20000);
			continue;
		}
		kill_and_wait(readers[victim]);
		kills++;
		readers[victim] = start_reader();
	}
	for (int i = 0; i < READERS; i++)
		kill_and_wait(readers[i]);
	kill_and_wait(writer);
	for (int i = 0; i < NUMBERS; i++) {
		missing += shared->seen[i] == 0;
		doubled += shared->seen[i] > 1;
	}
	printf("# %d readers killed, %d data gone with them\n", kills, missing);
	ok(doubled == 0, "[XCH-39] readers killed at random: no datum comes twice");
	ok(missing <= kills && kills > 10, "[XCH-39] at most the one goes with each that it had in its hands");
	ok(shared->done + missing == NUMBERS, "[XCH-39] all others have come");
}

void test_full(void)
{
	struct unitron *sink = open_object("SINK"), *in = open_object("DATA_IN"), *out = open_object("DATA_OUT");
	struct unitron *box = open_object("BOX_IN");
	int64_t sent = 0, datum, expected = 0, passed, beats, later, n;
	char message[10] = "";
	bool good = true;
	int messages = 0;

	while (unitron_dtq_send(sink, &sent, 1, 500) == 1)
		sent++;
	ok(sent == RING + 4, "[XCH-15] a queue that nobody empties takes what it holds and its ring");
	ok(unitron_dtq_send(sink, &sent, 1, 50) == -ETIMEDOUT, "[XCH-5] a writer that waits gets its time-out");
	for (n = 0; unitron_dtq_send(in, &n, 1, 200) == 1; n++)
		;
	printf("# %lld data under way\n", (long long)n);
	ok(n >= 2 * RING && n <= 2 * RING + 16, "[XCH-15] data that nobody reads: the writer is held up when both rings are full");
	while (unitron_mbx_send(box, message, sizeof(message), 100) == 0)
		messages++;
	ok(messages >= 8 && messages <= 16, "[XCH-20] messages that nobody reads: likewise");
	ok(application_status(&passed, &beats), "[XCH-40] the application answers");
	usleep(50000);
	ok(application_status(&passed, &later) && later - beats >= 25, "[XCH-40] and its time goes on");
	while (unitron_dtq_receive(out, &datum, 1, 300) == 1)
		good &= datum == expected++;
	ok(good && expected == n, "[XCH-11] in the end all data come, in order");
	unitron_close(sink);
	unitron_close(in);
	unitron_close(out);
	unitron_close(box);
}
