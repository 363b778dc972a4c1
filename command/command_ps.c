/* SPDX-License-Identifier: BSD-2-Clause */
/* unitron ps: the tasks of the loaded application. */
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

	if (helped(argc, argv, help))
		return 0;
	status = at_most(argc, argv, 0);
	if (!status)
		status = inspection_load(&inspection);
	if (status)
		return status;
	tasks_print(&inspection, NULL);
	inspection_free(&inspection);
	return 0;
}

const struct subcommand subcommand_ps = { "ps", "show its tasks: states, what they wait for, CPU share, stacks", run };
