/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Simulated time: port_cpu.clock, which only the program itself moves. It
 * advances by UNLOCK_COST with each port_unlock, by vspn_tim, and when the CPU
 * is idle, then straight to the next event. So a run depends on nothing but
 * the program, and no signal takes part in it. A task that never calls the
 * kernel stops this clock; the option --stall ends the process then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "posix.h"

#define UNLOCK_COST	50U		/* ns, the order of a service call on today's machines */

static volatile UD stall_clock;

static void sim_stall_signal(int sig, siginfo_t *si, void *frame)
{
	if (stall_clock == port_cpu.clock)
		report_and_exit(EXIT_FAULT, "%s has used %lu s of processor time while simulated time stood still: "
				"use up time with vspn_tim, or run with --real (--stall=0 switches this off)",
				report_running(), port_options.stall / 1000000000UL);
	stall_clock = port_cpu.clock;
}

static void sim_prepare(void)
{
	struct sigaction action = {
		.sa_sigaction = sim_stall_signal,
		.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK,
	};
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGPROF };
	struct timespec period = {
		.tv_sec = (time_t)(port_options.stall / 1000000000UL),
		.tv_nsec = (long)(port_options.stall % 1000000000UL),
	};
	struct itimerspec spec = { .it_interval = period, .it_value = period };
	timer_t timer;

	port_cpu.unlock_cost = UNLOCK_COST;
	if (!port_options.stall)
		return;
	sigemptyset(&action.sa_mask);
	sigaction(SIGPROF, &action, NULL);
	if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) || timer_settime(timer, 0, &spec, NULL))
		report_and_exit(EXIT_HOST, "cannot watch the processor time for --stall: %s", strerror(errno));
}

static void sim_start(void)
{
	port_cpu.clock = 0;
	time_program();
}

static UD sim_now(void)
{
	return port_cpu.clock;
}

static void sim_program(UD at)
{
	port_cpu.due = at;
}

static void sim_idle(void)
{
	if (port_cpu.due == NS_NEVER)
		report_and_exit(EXIT_STARVED, "nothing left to happen: no task is ready, and neither a time event "
				"nor an interrupt is to come");
	if (port_cpu.clock < port_cpu.due)
		port_cpu.clock = port_cpu.due;
}

static void sim_spin(UD ns)
{
	while (!port_cpu.locked && ns > 0) {
		UD left = port_cpu.due > port_cpu.clock ? port_cpu.due - port_cpu.clock : 0;
		UD step = ns < left ? ns : left;

		port_cpu.clock += step;
		ns -= step;
		if (port_cpu.clock >= port_cpu.due)
			port_take();
	}
	if (ns > 0) {
		port_cpu.clock += ns;
		budget_check_masked();
	}
}

const struct clock_source clock_sim = {
	.name = "simulated",
	.prepare = sim_prepare,
	.start = sim_start,
	.now = sim_now,
	.used = sim_now,
	.program = sim_program,
	.idle = sim_idle,
	.spin = sim_spin,
};
