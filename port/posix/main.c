/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process: reads its options, starts the kernel, is idle for it, and ends.
 * main() stays masked all the time; tasks unmask.
 */
#include <signal.h>
#include <stdlib.h>

#include "posix.h"
#include "sanitize.h"

const struct clock_source *port_clock = &clock_sim;

static bool stopping;
static INT stop_code;

static void __attribute__((noreturn)) process_end(void)
{
	log_flush();
	exit(stop_code);
}

void port_stop(INT code)
{
	port_cpu.locked = true;
	stop_code = code;
	stopping = true;
	/* main() runs, or waits for the handler that stopped us. */
	if (!kernel.running)
		process_end();
	/* exit() runs other people's code: not on a task's small stack. */
	context_leave_to_idle();
}

/* Somebody ends the process from outside: nothing of the log may be lost. */
static void end_signal(int sig)
{
	log_flush();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void end_signals_prepare(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = end_signal, .sa_flags = SA_ONSTACK }, old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler == SIG_DFL)
			sigaction(signals[i], &action, NULL);
}

static void idle(void)
{
	kernel.running = NULL;
	log_flush_some();
	if (!interrupt_waiting())
		port_clock->idle();
	if (interrupt_waiting())
		interrupt_take_idle();
}

int main(int argc, char **argv)
{
	ER er;

	options_read(argc, argv);
	if (port_options.real)
		port_clock = &clock_real;
	context_prepare();
	interrupt_prepare();
	fault_prepare();
	end_signals_prepare();
	port_clock->prepare();
	sanitize_prepare(log_flush);

	er = kernel_initialize();
	if (er == E_NOMEM)
		report_and_exit(EXIT_HOST, "no memory for the stacks of the tasks: ask for less in CRE_TSK, or raise ulimit -v");
	if (er != E_OK)
		report_and_exit(EXIT_HOST, "the kernel does not start: error %d", er);
	port_clock->start();

	while (!stopping) {
		if (kernel.scheduled)
			context_run();
		else
			idle();
	}
	process_end();
}
