/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of the process: from the environment variable UNITRON_OPTIONS,
 * separated by blanks, then from the command line. Described in
 * docs/man/unitron-posix.7.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "posix.h"

struct port_options port_options = {
	.until = NS_NEVER,
	.stall = 10 * 1000000000UL,
};

static const char help[] =
	"Usage: %s [OPTION]...\n"
	"Run the uITRON application '%s' as a process.\n"
	"\n"
	"  --sim         simulated time (the default): every run is the same, and\n"
	"                waiting takes no time\n"
	"  --real        real time\n"
	"  --until=MS    end with status 0 when MS milliseconds have passed\n"
	"  --budget=US   a task may run US microseconds until the CPU is idle again, a\n"
	"                handler at one go; a task over it gets exception EXCNO_BUDGET\n"
	"  --stall=S     end when S seconds of processor time pass while simulated time\n"
	"                stands still; 0: never; default 10\n"
	"  --help        print this text\n"
	"\n"
	"UNITRON_OPTIONS in the environment holds options too; the command line wins.\n"
	"Status: the code of vstp_sys; 1 the host refused something, 2 wrong option,\n"
	"3 simulated time and nothing left to happen, 134 fault, overrun or panic.\n"
	"See unitron-posix(7).\n";

static void __attribute__((noreturn)) option_wrong(const char *option, const char *why)
{
	report_and_exit(EXIT_OPTIONS, "%s: %s (--help lists the options)", option, why);
}

/* The number after '=', in units of ns each; 0 if zero is not allowed. */
static UD option_number(const char *option, UD unit, bool zero)
{
	const char *text = strchr(option, '=') + 1;
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end)
		option_wrong(option, "a decimal number is wanted after '='");
	if (errno || value > NS_NEVER / 2 / unit)
		option_wrong(option, "this number is too large");
	if (!value && !zero)
		option_wrong(option, "this number must not be 0");
	return value * unit;
}

static bool option_is(const char *option, const char *name)
{
	return !strncmp(option, name, strlen(name));
}

static void option_apply(const char *program, const char *option)
{
	if (!strcmp(option, "--sim")) {
		port_options.real = false;
	} else if (!strcmp(option, "--real")) {
		port_options.real = true;
	} else if (option_is(option, "--until=")) {
		port_options.until = option_number(option, 1000000, false);
	} else if (option_is(option, "--budget=")) {
		port_options.budget = option_number(option, 1000, false);
	} else if (option_is(option, "--stall=")) {
		port_options.stall = option_number(option, 1000000000, true);
	} else if (!strcmp(option, "--help")) {
		printf(help, program, kernel_application);
		exit(fflush(stdout) ? EXIT_HOST : 0);
	} else {
		option_wrong(option, "no such option");
	}
}

void options_read(int argc, char **argv)
{
	const char *environment = getenv("UNITRON_OPTIONS");
	char *copy, *rest, *option;

	if (environment) {
		copy = strdup(environment);
		if (!copy)
			report_and_exit(EXIT_HOST, "no memory for UNITRON_OPTIONS");
		for (option = strtok_r(copy, " \t\n", &rest); option; option = strtok_r(NULL, " \t\n", &rest))
			option_apply(argv[0], option);
		free(copy);
	}
	for (int i = 1; i < argc; i++)
		option_apply(argv[0], argv[i]);
}
