/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real time: CLOCK_MONOTONIC, and a host timer that sends SIGALRM to the
 * kernel's thread at the next event. SIGALRM is blocked only while the CPU is
 * idle and awake, so that ppoll can wait for it without a race.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "posix.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id	_sigev_un._tid
#endif

static timer_t timer;
static bool started;
static UD epoch;			/* CLOCK_MONOTONIC at the start */

static UD host_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (UD)ts.tv_sec * 1000000000U + (UD)ts.tv_nsec;
}

static UD host_now(void)
{
	return host_clock(CLOCK_MONOTONIC);
}

/* So the time when the host runs somebody else is nobody's here. */
static UD real_used(void)
{
	return host_clock(CLOCK_THREAD_CPUTIME_ID);
}

static void real_prepare(void)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM,
		.sigev_notify_thread_id = gettid(),
	};

	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		report_and_exit(EXIT_HOST, "cannot make a timer: %s", strerror(errno));
}

static void real_start(void)
{
	epoch = host_now();
	started = true;
	time_program();
}

static UD real_now(void)
{
	return started ? host_now() - epoch : 0;
}

static void real_program(UD at)
{
	struct itimerspec spec = { { 0, 0 }, { 0, 0 } };

	if (!started)
		return;
	if (at <= NS_NEVER - epoch) {
		spec.it_value.tv_sec = (time_t)((at + epoch) / 1000000000U);
		spec.it_value.tv_nsec = (long)((at + epoch) % 1000000000U);
	}
	timer_settime(timer, TIMER_ABSTIME, &spec, NULL);
}

static void real_idle(void)
{
	struct pollfd output = { .fd = STDOUT_FILENO, .events = POLLOUT };
	sigset_t alarm, none;
	bool log_left;

	sigemptyset(&none);
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	while (!interrupt_waiting()) {
		log_left = log_flush_some();
		ppoll(&output, log_left ? 1 : 0, NULL, &none);
	}
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
}

static void real_spin(UD ns)
{
	const volatile UD *away = kernel.running ? &kernel_context(kernel.running)->away : NULL;
	UD start = host_now();		/* initialisation routines spin before the start */
	UD away_before = away ? *away : 0;
	UD now;

	/*
	 * What interrupts a task's spinning does not count; handlers are not
	 * interrupted. The clock is read first: an interruption between the
	 * two makes the loop longer by one round, not shorter.
	 */
	do {
		now = host_now();
	} while (now - start < ns + (away ? *away - away_before : 0));
}

const struct clock_source clock_real = {
	.name = "real",
	.prepare = real_prepare,
	.start = real_start,
	.now = real_now,
	.used = real_used,
	.program = real_program,
	.idle = real_idle,
	.spin = real_spin,
};
