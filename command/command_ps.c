/* SPDX-License-Identifier: BSD-2-Clause */
/* unitron ps: the tasks of the loaded application. */
#include <string.h>
#include "command.h"
#include "inspection.h"

static const char help[] =
	"Usage: unitron ps\n"
	"Show the tasks of the loaded application.\n"
	"\n"
	"  PRI    current priority; in brackets the base priority, if it differs\n"
	"  CPU    share of the time since the start; only of an application that was\n"
	"         built with TRACE = 1\n"
	"  STACK  bytes of the stack that were used at most, of how many\n";

static int run(int argc, char **argv)
{
	struct inspection inspection;
	int status;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(help, stdout);
		return 0;
	}
	if (argc > 1)
		return fail_usage("ps: '%s' is one argument too many; see unitron ps --help", argv[1]);
	status = inspection_load(&inspection, NULL);
	if (status)
		return status;
	tasks_print(&inspection, NULL);
	inspection_free(&inspection);
	return 0;
}

const struct subcommand subcommand_ps = { "ps", "show its tasks: states, what they wait for, CPU share, stacks", run };
