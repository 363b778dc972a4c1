/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the command `unitron` share. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
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

extern const struct subcommand subcommand_load, subcommand_start, subcommand_stop, subcommand_unload, subcommand_replace, subcommand_ps,
	subcommand_top, subcommand_objects, subcommand_latency, subcommand_trace, subcommand_check;

/* "unitron: ..." on standard error. Returns COMMAND_FAILED or COMMAND_USAGE, so that callers can return it. */
int	fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int	fail_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* True if --help was the argument, and help has been printed. */
bool	helped(int argc, char **argv, const char *help);
/* 0, or COMMAND_USAGE after a message: there are more arguments than the first most. */
int	at_most(int argc, char **argv, int most);

/* What /proc, /sys and /dev stand below: "", or what the environment variable UNITRON_ROOT says, for tests. */
const char *root_directory(void);
/* Where the delivery unit shows itself; the environment variable UNITRON_SYSFS puts another directory in its place, for tests. */
const char *sysfs_directory(void);
/* The path of one of its files; an exit code, after a message, if the file is not there or the path longer than size. */
int	sysfs_path(char *path, size_t size, const char *file);
/* Read a short text from one of its files, without the newline. 0, or an exit code after a message. */
int	sysfs_read(const char *file, char *text, size_t size);
/* Write text into one of its files. 0, or an exit code after a message. */
int	sysfs_write(const char *file, const char *text);

/* All of a file ("-": standard input) in memory that the caller frees; NULL after a message. */
char	*read_file(const char *path, size_t *size);
