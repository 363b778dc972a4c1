/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every call of libunitron: what crosses, time-outs, signals, errors;
 * notification by poll, eventfd and signal; clocks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "echo.h"
#include "test.h"

static struct unitron *data_in, *data_out, *box_in, *box_out, *bits_in, *bits_out, *bits_stay, *count_in, *count_out;

static void test_open(void)
{
	static const char *const wrong[] = { "", "../x", ".", "a/b", NULL };
	struct unitron *object;
	bool good = true;

	errno = 77;
	ok(unitron_open(&object, "NO_SUCH_NAME") == -ENOENT && !object, "[XCH-1] open: a name that is not there");
	ok(errno == 77, "errno is left alone");
	for (int i = 0; wrong[i]; i++)
		good &= unitron_open(&object, wrong[i]) == -EINVAL;
	ok(good && unitron_open(&object, NULL) == -EINVAL, "[XCH-1] open: what is no name");
	data_in = open_object("DATA_IN");
	data_out = open_object("DATA_OUT");
	box_in = open_object("BOX_IN");
	box_out = open_object("BOX_OUT");
	bits_in = open_object("BITS_IN");
	bits_out = open_object("BITS_OUT");
	bits_stay = open_object("BITS_STAY");
	count_in = open_object("COUNT_IN");
	count_out = open_object("COUNT_OUT");
	unitron_close(NULL);
	ok(unitron_info(box_in)->kind == UNITRON_MAILBOX && unitron_info(box_in)->direction == UNITRON_WRITE &&
	   unitron_info(box_in)->unit == MESSAGE,
	   "[XCH-2] info: kind, direction, longest message");
	ok(!strcmp(unitron_info(box_in)->name, "BOX_IN") && !strcmp(unitron_info(box_in)->application, "echo"), "[XCH-2] info: names");
	ok(unitron_info(data_in)->count == RING && unitron_info(count_in)->count == COUNT_MAX, "[XCH-2] info: how many fit");
}

static void test_data(void)
{
	int64_t sent[20], got[20];
	ssize_t n = 0, m;

	for (int i = 0; i < 20; i++)
		sent[i] = INT64_MIN + i * 1000;
	ok(unitron_dtq_send(data_in, sent, 20, UNITRON_FOREVER) == 20, "[XCH-11] dtq: 20 data");
	while (n < 20 && (m = unitron_dtq_receive(data_out, got + n, (size_t)(20 - n), 5000)) > 0)
		n += m;
	ok(n == 20 && !memcmp(sent, got, sizeof(sent)), "[XCH-11] come back whole");
	ok(unitron_dtq_receive(data_out, got, 1, 0) == -EAGAIN, "[XCH-4] no more: EAGAIN");
	ok(unitron_dtq_receive(data_out, got, 0, UNITRON_FOREVER) == 0 && unitron_dtq_send(data_in, sent, 0, UNITRON_FOREVER) == 0,
	   "[XCH-12] none at all: 0");
	ok(unitron_dtq_send(data_out, sent, 1, 0) == -EBADF && unitron_dtq_receive(data_in, got, 1, 0) == -EBADF,
	   "[XCH-3] the wrong direction: EBADF");
	ok(unitron_dtq_send(count_in, sent, 1, 0) == -EBADF && unitron_sem_signal(data_in, 1, 0) == -EBADF, "[XCH-3] the wrong kind: EBADF");
}

static bool polled(struct unitron *object, int ms)
{
	struct pollfd fd = { .fd = unitron_fd(object), .events = unitron_events(object) };

	return poll(&fd, 1, ms) == 1;
}

static void pause_ms(long ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) != 0)
		;
}

static void nothing(int signal)
{
}

static void test_waiting(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval timer = { .it_value = { .tv_usec = 100000 } };
	uint64_t begin = now_ns();
	int64_t datum = 5;
	uint64_t took;

	ok(unitron_dtq_receive(data_out, &datum, 1, 150) == -ETIMEDOUT, "[XCH-5] a time-out");
	took = now_ns() - begin;
	ok(took >= 149000000U && took < 5000000000U, "[XCH-5] takes its time");
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	ok(unitron_dtq_receive(data_out, &datum, 1, UNITRON_FOREVER) == -EINTR, "[XCH-6] a signal ends a wait: EINTR");
	datum = 6;
	ok(unitron_dtq_send(data_in, &datum, 1, 0) == 1 && unitron_dtq_receive(data_out, &datum, 1, 5000) == 1 && datum == 6,
	   "[XCH-5] what was waited for in vain does not come twice");
}

static void test_messages(void)
{
	char message[MESSAGE + 1], got[MESSAGE + 1];
	bool good = true;

	for (int i = 0; i < MESSAGE; i++)
		message[i] = (char)(i * 7);
	ok(unitron_mbx_send(box_in, "hello", 5, 5000) == 0 && unitron_mbx_receive(box_out, got, sizeof(got), 5000) == 5 &&
	   !memcmp(got, "hello", 5),
	   "[XCH-17] mbx: a message there and back");
	for (size_t size = 1; size <= MESSAGE; size += 111)
		good &= unitron_mbx_send(box_in, message, size, 5000) == 0 &&
		   unitron_mbx_receive(box_out, got, sizeof(got), 5000) == (ssize_t)size &&
			!memcmp(got, message, size);
	ok(good, "[XCH-17] messages of all lengths");
	ok(unitron_mbx_send(box_in, message, MESSAGE + 1, 0) == -EMSGSIZE && unitron_mbx_send(box_in, message, 0, 0) == -EINVAL,
	   "[XCH-18] too long, empty");
	ok(unitron_mbx_send(box_in, message, 100, 5000) == 0 && unitron_mbx_receive(box_out, got, 99, 5000) == -EMSGSIZE,
	   "[XCH-19] a buffer too small: EMSGSIZE");
	ok(unitron_mbx_receive(box_out, got, 100, 0) == 100, "[XCH-19] the message is still there");
	ok(unitron_mbx_receive(box_out, got, 100, 0) == -EAGAIN, "[XCH-17] once");
}

static void test_bits(void)
{
	uint32_t pattern = 0;

	ok(unitron_flg_wait(bits_out, UINT32_MAX, &pattern, 0) == -EAGAIN, "[XCH-22] flg: nothing set: EAGAIN");
	ok(unitron_flg_set(bits_in, 0x80000001) == 0 && unitron_flg_wait(bits_out, 0x80000000, &pattern, 5000) == 0 &&
	   pattern == 0x80000001,
	   "[XCH-21] bits there and back");
	ok(unitron_flg_wait(bits_out, UINT32_MAX, &pattern, 0) == -EAGAIN, "[XCH-23] TA_CLR has cleared them");
	unitron_flg_set(bits_in, 0x2);
	ok(unitron_flg_wait(bits_out, 0x4, &pattern, 100) == -ETIMEDOUT, "[XCH-22] other bits are not waited for");
	ok(unitron_flg_wait(bits_out, 0x6, &pattern, 0) == 0 && pattern == 0x2, "[XCH-22] and are still there");
	ok(unitron_flg_wait(bits_out, 0, &pattern, 0) == -EINVAL, "[XCH-24] no bits: EINVAL");
	unitron_flg_set(bits_in, 0x8);
	unitron_flg_set(bits_in, 0x10);
	ok(unitron_flg_wait(bits_out, 0x10, &pattern, 5000) == 0 && pattern == 0x18,
	   "[XCH-21] bits that come before somebody looks are one pattern");
	unitron_flg_set(bits_in, BIT_STAY);
	ok(unitron_flg_wait(bits_stay, BIT_STAY, &pattern, 5000) == 0 && unitron_flg_wait(bits_stay, BIT_STAY, &pattern, 0) == 0 &&
	   pattern == BIT_STAY,
	   "[XCH-23] without TA_CLR a reader leaves them");
	unitron_flg_set(bits_in, BIT_GO);
	for (int i = 0; i < 500 && unitron_flg_wait(bits_stay, UINT32_MAX, &pattern, 0) == 0; i++)
		pause_ms(10);
	ok(unitron_flg_wait(bits_stay, UINT32_MAX, &pattern, 0) == -EAGAIN, "[XCH-23] and clr_flg does not");
	while (unitron_flg_wait(bits_out, UINT32_MAX, &pattern, 100) == 0)
		;
}

/* On both sides of the application, and in it, are as many as there can be. */
static void test_maximum(void)
{
	unsigned int sent = 0, got = 0;

	while (unitron_sem_signal(count_in, 100, 300) == 0)
		sent += 100;
	/* The application has taken one more and waits for room. */
	ok(sent == 3 * COUNT_MAX && unitron_sem_signal(count_in, 100, 0) == -EAGAIN, "[XCH-25] at the maximum: EAGAIN");
	ok(!polled(count_in, 100), "[XCH-7] poll: no room for a hundred");
	ok(unitron_sem_signal(count_in, 1, 0) == 0 && unitron_sem_signal(count_in, 1, 0) == -EAGAIN, "[XCH-25] one fits where a hundred do not");
	ok(unitron_sem_signal(count_in, 1, 50) == -ETIMEDOUT, "[XCH-25] who waits for room in vain has given none");
	while (unitron_sem_wait(count_out, 300) == 0)
		got++;
	ok(got == sent + 1, "[XCH-25] all that were taken come, and no more");
}

static void test_counts(void)
{
	unsigned int got = 0;

	ok(unitron_sem_signal(count_in, 500, 5000) == 0, "[XCH-25] sem: 500 signals");
	while (unitron_sem_wait(count_out, 300) == 0)
		got++;
	ok(got == 500, "[XCH-27] 500 come back");
	ok(unitron_sem_wait(count_out, 0) == -EAGAIN, "[XCH-4] no more");
	ok(unitron_sem_signal(count_in, 0, 0) == -EINVAL && unitron_sem_signal(count_in, COUNT_MAX + 1, 0) == -EINVAL,
	   "[XCH-26] none, too many: EINVAL");
	test_maximum();
}

static void test_clock(void)
{
	struct unitron_clock first, second;
	int64_t drift;

	ok(unitron_clock(data_in, &first) == 0 && unitron_clock(box_out, &second) == 0, "[XCH-37] clock: two readings");
	drift = (int64_t)(second.realtime - first.realtime) - (int64_t)(second.monotonic - first.monotonic);
	ok(llabs(drift) <= (int64_t)first.uncertainty + second.uncertainty, "[XCH-37] both clocks go alike, within what is said of them");
	ok(first.monotonic <= now_ns() && second.monotonic > first.monotonic, "[XCH-37] monotonic is CLOCK_MONOTONIC");
}

void test_calls(void)
{
	test_open();
	test_data();
	test_waiting();
	test_messages();
	test_bits();
	test_counts();
	test_clock();
}

/* ---- notification ------------------------------------------------------------- */

static void test_poll(void)
{
	int64_t data[1] = { 0 }, got;
	struct unitron *sink = open_object("SINK");
	bool good = true;
	int sent = 0;

	ok(polled(data_in, 1000), "[XCH-7] poll: there is room for a datum");
	while (unitron_dtq_receive(data_out, &got, 1, 0) > 0)
		;
	ok(!polled(data_out, 100), "[XCH-7] poll: there is none to read");
	for (int64_t i = 0; i < 3; i++)
		unitron_dtq_send(data_in, &i, 1, 0);
	for (int64_t i = 0; i < 3; i++)
		good &= polled(data_out, 5000) && unitron_dtq_receive(data_out, &got, 1, 0) == 1 && got == i;
	ok(good && !polled(data_out, 100), "[XCH-7] it tells of each of three, and then no more");
	/* The application may yet take what the ring holds into the queue. */
	do {
		while (unitron_dtq_send(sink, data, 1, 0) == 1)
			sent++;
	} while (polled(sink, 200) && sent <= RING + 4);
	ok(sent == RING + 4 && !polled(sink, 10), "[XCH-7] poll: a queue that stays full");
	unitron_close(sink);
}

/* The others' readers: quiet, told of what comes, quiet again when it was taken. */
static void test_poll_others(void)
{
	char message[MESSAGE];
	uint32_t pattern;
	bool quiet;

	ok(polled(box_in, 0) && polled(bits_in, 0) && polled(count_in, 0), "[XCH-7] poll: the other kinds have room");
	quiet = !polled(box_out, 50);
	ok(quiet && unitron_mbx_send(box_in, "x", 1, 0) == 0 && polled(box_out, 5000) && unitron_mbx_receive(box_out, message, MESSAGE, 0) == 1 &&
	   !polled(box_out, 50), "[XCH-7] poll: a message");
	quiet = !polled(count_out, 50);
	ok(quiet && unitron_sem_signal(count_in, 1, 0) == 0 && polled(count_out, 5000) && unitron_sem_wait(count_out, 0) == 0 &&
	   !polled(count_out, 50),
	   "[XCH-7] poll: a signal");
	quiet = unitron_flg_wait(bits_out, 0x4, &pattern, 0) == -EAGAIN && unitron_flg_set(bits_in, 0x2) == 0 && !polled(bits_out, 200);
	ok(quiet && unitron_flg_set(bits_in, 0x4) == 0 && polled(bits_out, 5000) && unitron_flg_wait(bits_out, 0x4, &pattern, 0) == 0 &&
	   pattern == 0x6 && !polled(bits_out, 50), "[XCH-7] poll: those bits that were last waited for");
}

static volatile sig_atomic_t signals, value;

static void count_signal(int signal, siginfo_t *info, void *context)
{
	signals++;
	if (info->si_code == SI_QUEUE)
		value = info->si_int;
}

static void test_signal(void)
{
	struct sigaction action = { .sa_sigaction = count_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
	int64_t datum = 1;

	sigaction(SIGRTMIN + 3, &action, NULL);
	ok(unitron_notify_signal(data_out, SIGRTMIN + 3, 0x12345678) == 0, "[XCH-35] notification by signal");
	pause_ms(100);
	ok(signals == 0, "[XCH-35] none comes as long as there is nothing");
	unitron_dtq_send(data_in, &datum, 1, 0);
	unitron_dtq_send(data_in, &datum, 1, 0);
	for (int i = 0; i < 100 && !signals; i++)
		pause_ms(20);
	pause_ms(50);
	ok(signals == 1 && value == 0x12345678, "[XCH-35] one comes, with its value, until it is looked at");
	unitron_dtq_receive(data_out, &datum, 1, 0);
	for (int i = 0; i < 100 && signals < 2; i++)
		pause_ms(20);
	ok(signals == 2, "[XCH-35] and the next, for what is left");
	ok(unitron_notify_signal(data_out, 1000, 0) == -EINVAL && unitron_notify_signal(data_out, 0, 0) == -EINVAL,
	   "[XCH-36] no such signal: EINVAL");
	unitron_notify_none(data_out);
	unitron_dtq_receive(data_out, &datum, 1, 0);
	unitron_dtq_send(data_in, &datum, 1, 0);
	ok(polled(data_out, 5000) && signals == 2, "[XCH-35] switched off none comes");
	unitron_dtq_receive(data_out, &datum, 1, 0);
}

static void test_eventfd(void)
{
	int event = eventfd(0, EFD_NONBLOCK), pipe_ends[2];
	struct pollfd fd = { .fd = event, .events = POLLIN };
	eventfd_t count = 0;
	int64_t datum = 1;

	ok(unitron_notify_eventfd(data_out, event) == 0, "[XCH-35] notification by eventfd");
	ok(poll(&fd, 1, 100) == 0, "[XCH-35] it is not ready as long as there is nothing");
	unitron_dtq_send(data_in, &datum, 1, 0);
	ok(poll(&fd, 1, 5000) == 1 && eventfd_read(event, &count) == 0 && count == 1, "[XCH-35] it is when there is");
	if (pipe(pipe_ends) == 0)
		ok(unitron_notify_eventfd(data_out, pipe_ends[1]) == -EINVAL && unitron_notify_eventfd(data_out, -1) == -EINVAL,
		   "[XCH-36] what is no eventfd: EINVAL");
	unitron_notify_none(data_out);
	unitron_dtq_receive(data_out, &datum, 1, 0);
	close(event);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

void test_notification(void)
{
	test_poll();
	test_poll_others();
	test_signal();
	test_eventfd();
}

void test_gone(void)
{
	struct pollfd fd = { .fd = unitron_fd(data_out), .events = POLLIN };
	struct unitron_clock clock;
	char message[MESSAGE];
	uint32_t pattern;
	int64_t datum = 1;

	ok(unitron_dtq_send(data_in, &datum, 1, 0) == -ENODEV && unitron_dtq_receive(data_out, &datum, 1, UNITRON_FOREVER) == -ENODEV &&
	   unitron_mbx_send(box_in, "x", 1, 0) == -ENODEV && unitron_mbx_receive(box_out, message, MESSAGE, UNITRON_FOREVER) == -ENODEV &&
	   unitron_flg_set(bits_in, 1) == -ENODEV && unitron_flg_wait(bits_out, 1, &pattern, UNITRON_FOREVER) == -ENODEV &&
	   unitron_sem_signal(count_in, 1, 0) == -ENODEV && unitron_sem_wait(count_out, UNITRON_FOREVER) == -ENODEV,
	   "[XCH-8] when the application has been started anew, each call on what was open before gives ENODEV");
	ok(poll(&fd, 1, 0) == 1 && fd.revents & POLLHUP, "[XCH-8] and poll tells POLLHUP");
	ok(unitron_clock(data_in, &clock) == -ENODEV && unitron_notify_signal(data_out, SIGUSR1, 1) == -ENODEV,
	   "[XCH-8] its clock and notification too");
	unitron_close(data_in);
	unitron_close(data_out);
	unitron_close(box_in);
	unitron_close(box_out);
	unitron_close(bits_in);
	unitron_close(bits_out);
	unitron_close(bits_stay);
	unitron_close(count_in);
	unitron_close(count_out);
}
