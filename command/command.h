/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the command `unitron` share. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* Exit codes of the command */
enum {
	COMMAND_FAILED = 1,		/* what was asked for could not be done */
	COMMAND_USAGE = 2,		/* wrong command line */
};

/* One subcommand: a file command_NAME.c */
struct subcommand {
	const char *name;
	const char *summary;		/* for unitron --help: one line */
	/* argv[0] is the name; an exit code */
	int (*run)(int argc, char **argv);
};

extern const struct subcommand subcommand_trace;

/* "unitron: ..." on standard error. Returns COMMAND_FAILED or COMMAND_USAGE, so that callers can return it. */
int	fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int	fail_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Where the delivery unit shows itself; the environment variable UNITRON_SYSFS puts another directory in its place, for tests. */
const char *sysfs_directory(void);
/* Write text into one of its files. 0, or an exit code after a message. */
int	sysfs_write(const char *file, const char *text);
