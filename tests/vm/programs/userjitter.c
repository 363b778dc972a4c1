/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How evenly an ordinary process is started: the user rows of Table 3.1.
 *
 *	userjitter timer PERIOD_US N	an interval timer and its signal handler,
 *					as the thesis measured (ualarm)
 *	userjitter fifo PERIOD_US N	SCHED_FIFO 99, memory locked, absolute
 *					clock_nanosleep: the best that a process
 *					can do
 *
 * Prints the exact histogram of the N intervals between starts, in ns by the
 * time-stamp counter: "hist interval VALUE COUNT", then "lost COUNT": periods
 * that passed without a start.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define WARM_UP	10
#define NS	1000000000LL

static uint64_t *start;
static volatile unsigned int started;
static unsigned int wanted;

static void die(const char *what)
{
	fprintf(stderr, "userjitter: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * NS + t.tv_nsec;
}

/* Frequency of the time-stamp counter in MHz; a guest's is a whole number of them. */
static uint64_t tsc_mhz(void)
{
	int64_t t0 = now(), t1;
	uint64_t c0 = __rdtsc(), c1;

	do {
		t1 = now();
		c1 = __rdtsc();
	} while (t1 - t0 < NS / 20);
	return ((c1 - c0) * 1000 + (t1 - t0) / 2) / (t1 - t0);
}

static void on_alarm(int sig)
{
	uint64_t tsc = __rdtsc();

	if (started < wanted)
		start[started++] = tsc;
}

static void by_timer(long period_us)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = { { period_us / 1000000, period_us % 1000000 }, { 0, 1000 } };
	sigset_t blocked, before;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGALRM);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL))
		die("setitimer");
	while (started < wanted)
		sigsuspend(&before);
	memset(&timer, 0, sizeof(timer));
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void by_fifo(long period_us)
{
	struct sched_param param = { .sched_priority = 99 };
	struct timespec due;

	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO");
	clock_gettime(CLOCK_MONOTONIC, &due);
	while (started < wanted) {
		due.tv_nsec += period_us * 1000;
		while (due.tv_nsec >= NS) {
			due.tv_nsec -= NS;
			due.tv_sec++;
		}
		if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL))
			die("clock_nanosleep");
		start[started++] = __rdtsc();
	}
	param.sched_priority = 0;
	sched_setscheduler(0, SCHED_OTHER, &param);
}

static int order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void report(long period_us, uint64_t mhz)
{
	uint64_t *first = start + WARM_UP, elapsed, periods;
	unsigned int n = wanted - WARM_UP - 1;

	elapsed = (first[n] - first[0]) * 1000 / mhz;
	periods = (elapsed + period_us * 500) / (period_us * 1000);
	for (unsigned int i = 0; i < n; i++)
		first[i] = (first[i + 1] - first[i]) * 1000 / mhz;
	qsort(first, n, sizeof(*first), order);
	for (unsigned int i = 0, count = 1; i < n; i++, count++) {
		if (i + 1 == n || first[i + 1] != first[i]) {
			printf("hist interval %llu %u\n", (unsigned long long)first[i], count);
			count = 0;
		}
	}
	printf("lost %llu\n", (unsigned long long)(periods > n ? periods - n : 0));
}

int main(int argc, char **argv)
{
	long period_us = argc == 4 ? atol(argv[2]) : 0;
	long n = argc == 4 ? atol(argv[3]) : 0;
	uint64_t mhz;

	if (period_us <= 0 || n <= 0 || (strcmp(argv[1], "timer") && strcmp(argv[1], "fifo"))) {
		fprintf(stderr, "usage: userjitter timer|fifo PERIOD_US N\n");
		return 2;
	}
	wanted = n + 1 + WARM_UP;
	start = calloc(wanted, sizeof(*start));
	if (!start)
		die("memory");
	memset(start, 1, wanted * sizeof(*start));
	mhz = tsc_mhz();
	if (!strcmp(argv[1], "timer"))
		by_timer(period_us);
	else
		by_fifo(period_us);
	report(period_us, mhz);
	return 0;
}
