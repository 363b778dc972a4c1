/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw run: execute a program, the auditor loaded into it. It is executed in
 * kw's place, so that its process, parent, terminal, and all that comes of it
 * are as if there had been no kw.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kw.h"

#define LD_AUDIT "LD_AUDIT="

extern char **environ;

struct options {
	unsigned int flags;
	int program;		/* index of PROGRAM in argv */
};

static bool read_options(struct options *options, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strcmp(argv[i], "--stay") == 0) {
			options->flags |= RUN_STAY_FORK;
		} else if (strcmp(argv[i], "--stay=exec") == 0) {
			options->flags |= RUN_STAY_FORK | RUN_STAY_EXEC;
		} else if (strcmp(argv[i], "--verbose") == 0) {
			options->flags |= RUN_VERBOSE;
		} else {
			complain("run: unknown option %s; see kw --help", argv[i]);
			return false;
		}
	}
	options->program = i;
	if (i < argc)
		return true;
	complain("run: which program? See kw --help");
	return false;
}

/* What is in LD_AUDIT besides our library, "" for nothing */
static const char *others(const char *value)
{
	const char *ours = strstr(value, "/" RUN_LIBRARY);
	const char *colon = strchr(value, ':');

	/* kw run within kw run --stay=exec: it comes first there. */
	if (!ours || (colon && colon < ours))
		return value;
	return colon ? colon + 1 : "";
}

/* LD_AUDIT for the auditor, and for those that the user has in it already; KW_RUN. False: no memory */
static bool make_variables(char *variables[2], const char *rest, const struct options *options,
			   const struct kw_info *info, const char *library)
{
	return asprintf(&variables[0], LD_AUDIT "%s%s%s", library, *rest ? ":" : "", rest) >= 0 &&
		asprintf(&variables[1], RUN_VARIABLE "=%x:%x:%llx:%llx:%x:%llx", options->flags, (unsigned int)getpid(),
			 (unsigned long long)info->gate, (unsigned long long)info->gate_stride, info->gate_count,
			 (unsigned long long)info->gate_any) >= 0;
}

/*
 * The environment for the program: two variables more than it shall see, which
 * the auditor takes out. If the user has an LD_AUDIT, that one stays where it is.
 */
static char **make_environment(const struct options *options, const struct kw_info *info, const char *library)
{
	char **made, **place = NULL;
	const char *rest = "";
	char *variables[2];
	size_t count, i, n = 0;

	for (count = 0; environ[count]; count++)
		;
	made = calloc(count + 3, sizeof(*made));
	if (!made)
		return NULL;
	for (i = 0; i < count; i++) {
		if (strncmp(environ[i], LD_AUDIT, strlen(LD_AUDIT)) == 0) {
			rest = others(environ[i] + strlen(LD_AUDIT));
			if (*rest)
				place = &made[n++];
		} else if (strncmp(environ[i], RUN_VARIABLE, strlen(RUN_VARIABLE)) != 0) {
			made[n++] = environ[i];
		}
	}
	if (!make_variables(variables, rest, options, info, library))
		return NULL;
	*(place ? place : &made[n]) = variables[0];
	if (place)
		made[n] = RUN_PAD "=";
	made[n + 1] = variables[1];
	return made;
}

/* A script without #! is run by the shell, as execvp(3) does. */
static void execute_script(const char *path, char **argv, char **environment)
{
	char **arguments;
	int count;

	for (count = 0; argv[count]; count++)
		;
	arguments = calloc((size_t)count + 2, sizeof(*arguments));
	if (!arguments)
		return;
	arguments[0] = "sh";
	arguments[1] = (char *)path;
	memcpy(arguments + 2, argv + 1, (size_t)count * sizeof(*argv));
	execve("/bin/sh", arguments, environment);
	free(arguments);
}

/*
 * The loader only warns of an auditor that it can't load, and runs the program
 * without it. So try to load it here.
 */
static bool try_library(const char *library)
{
	void *handle;

	if (strchr(library, ':')) {
		complain("%s: the loader takes the colon for the end of a name; install Unitron elsewhere", library);
		return false;
	}
	handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
	if (!handle) {
		complain("%s; install what is missing, Debian's package libzydis4.0 for libZydis", dlerror());
		return false;
	}
	dlclose(handle);
	return true;
}

int command_run(int argc, char **argv)
{
	struct options options = { 0 };
	struct kw_info info;
	char path[PATH_MAX], library[PATH_MAX];
	char **environment;
	int status;

	if (!read_options(&options, argc, argv))
		return RUN_FAILED;
	argv += options.program;
	status = program_find(path, argv[0]);
	if (status == 0)
		status = program_check(path);
	if (status != 0)
		return status;
	if (!device_info(&info) || !own_file(library, "lib/kw/" RUN_LIBRARY) || !try_library(library))
		return RUN_FAILED;
	environment = make_environment(&options, &info, library);
	if (!environment) {
		complain("no memory");
		return RUN_FAILED;
	}
	execve(path, argv, environment);
	if (errno == ENOEXEC)
		execute_script(path, argv, environment);
	complain("%s: %s", path, strerror(errno));
	return errno == ENOENT ? RUN_NOT_FOUND : RUN_CANNOT;
}
