/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the command kw share. Exit statuses are those of env(1):
 * RUN_FAILED, RUN_CANNOT, RUN_NOT_FOUND (kernelware/run/run.h).
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include <unitron/kernelware.h>

#include "../../run/run.h"

/* Say "kw: ..." on standard error, printf's arguments, and a newline. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A file of kw's own, by its place beside the directory that kw is in. False: it is not there; said */
bool own_file(char path[PATH_MAX], const char *place);

/* Ask the module for its gates. False: it can't be used; why, and what to do, has been said. */
bool device_info(struct kw_info *info);

/* Where a program is, as execvp(3) finds it. 0, RUN_NOT_FOUND or RUN_CANNOT; said */
int program_find(char path[PATH_MAX], const char *name);

/* Can this program, or the interpreter of this script, be run by kw run? 0 or RUN_CANNOT; said */
int program_check(const char *path);

/* The sub-commands; argv[0] is the sub-command's name. They return the exit status. */
int command_run(int argc, char **argv);
int command_status(int argc, char **argv);
