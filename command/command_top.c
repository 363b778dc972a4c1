/* SPDX-License-Identifier: BSD-2-Clause */
/* unitron top: the tasks, again and again. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "command.h"
#include "inspection.h"

static const char help[] =
	"Usage: unitron top [SECONDS [TIMES]]\n"
	"Show the tasks of the loaded application anew every SECONDS (default 1), TIMES\n"
	"times or until interrupted; CPU is the share of that time. See unitron ps.\n";

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static int show(double seconds, unsigned long times)
{
	struct inspection before = { .objects = NULL }, now;
	bool terminal = isatty(STDOUT_FILENO);
	char state[64];
	int status = 0;

	for (unsigned long round = 0; !interrupted && (!times || round < times); round++) {
		status = inspection_load(&now);
		if (!status)
			status = sysfs_read("state", state, sizeof(state));
		if (status)
			break;
		if (terminal)
			fputs("\033[H\033[J", stdout);
		printf("%s: %s\n", now.head.application, state);
		tasks_print(&now, before.objects ? &before : NULL);
		fflush(stdout);
		inspection_free(&before);
		before = now;
		if (round + 1 != times)
			usleep((useconds_t)(seconds * 1e6));
	}
	inspection_free(&before);
	return status;
}

static int run(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = interrupt };
	unsigned long times = 0;
	double seconds = 1;
	char *end;
	int status;

	if (helped(argc, argv, help))
		return 0;
	status = at_most(argc, argv, 2);
	if (status)
		return status;
	if (argc > 1) {
		seconds = strtod(argv[1], &end);
		if (end == argv[1] || *end || !(seconds >= 0.01 && seconds <= 3600))
			return fail_usage("top: '%s' is not a number of seconds, 0.01 to 3600", argv[1]);
	}
	if (argc > 2) {
		times = strtoul(argv[2], &end, 10);
		if (end == argv[2] || *end || !times)
			return fail_usage("top: '%s' is not a number of times", argv[2]);
	}
	sigaction(SIGINT, &action, NULL);
	return show(seconds, times);
}

const struct subcommand subcommand_top = { "top", "the same, again and again", run };
