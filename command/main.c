/* SPDX-License-Identifier: BSD-2-Clause */
/* unitron: the front command. Here: finding the subcommand, messages. unitron(1) describes it. */
#include <string.h>
#include "command.h"

#ifndef VERSION
#error "VERSION is defined by the Makefile"
#endif

static const struct subcommand *const subcommands[] = {
	&subcommand_load, &subcommand_start, &subcommand_stop, &subcommand_unload, &subcommand_replace, &subcommand_ps, &subcommand_top, &subcommand_objects,
	&subcommand_latency, &subcommand_trace, &subcommand_check,
};

static int complain(int status, const char *fmt, va_list args)
{
	fprintf(stderr, "unitron: ");
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n");
	return status;
}

int fail(const char *fmt, ...)
{
	va_list args;
	int status;

	va_start(args, fmt);
	status = complain(COMMAND_FAILED, fmt, args);
	va_end(args);
	return status;
}

int fail_usage(const char *fmt, ...)
{
	va_list args;
	int status;

	va_start(args, fmt);
	status = complain(COMMAND_USAGE, fmt, args);
	va_end(args);
	return status;
}

bool helped(int argc, char **argv, const char *text)
{
	if (argc != 2 || strcmp(argv[1], "--help"))
		return false;
	fputs(text, stdout);
	return true;
}

int at_most(int argc, char **argv, int most)
{
	if (argc - 1 <= most)
		return 0;
	return fail_usage("%s: '%s' is one argument too many; see unitron %s --help", argv[0], argv[1 + most], argv[0]);
}

static void help(void)
{
	printf("Usage: unitron COMMAND [ARGUMENT]...\n"
	       "Work with a uITRON application beside Linux.\n\n");
	for (unsigned int i = 0; i < sizeof(subcommands) / sizeof(*subcommands); i++)
		printf("  %-10s %s\n", subcommands[i]->name, subcommands[i]->summary);
	printf("\n'unitron COMMAND --help' tells more. Status: 0 done, 1 not done, 2 wrong command line. See unitron(1).\n");
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return fail_usage("which command? 'unitron --help' lists them");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		help();
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("unitron %s\n", VERSION);
		return 0;
	}
	for (unsigned int i = 0; i < sizeof(subcommands) / sizeof(*subcommands); i++)
		if (!strcmp(argv[1], subcommands[i]->name))
			return subcommands[i]->run(argc - 1, argv + 1);
	return fail_usage("there is no command '%s'; 'unitron --help' lists them", argv[1]);
}
