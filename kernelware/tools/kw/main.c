/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw: its sub-commands. Those that are not here are programs kw-NAME beside
 * kw, or in PATH, which are executed in its place.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kw.h"

static const char usage[] =
"usage: kw run [--stay[=exec]] [--verbose] PROGRAM [ARGUMENT...]\n"
"       kw status\n"
"       kw cp ...                      what other programs kw-NAME do\n"
"       kw --help | --version\n"
"\n"
"kw run starts a program in kernel mode, its system calls replaced by calls.\n"
"  --stay         what it forks is in kernel mode too\n"
"  --stay=exec    and what these execute, too\n"
"  --verbose      say for each object how many system calls were replaced\n"
"kw status says whether that is possible here. See kw(1).\n";

void complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("kw: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

static bool own_directory(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	path[length < 0 ? 0 : length] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

bool own_file(char path[PATH_MAX], const char *place)
{
	char directory[PATH_MAX];

	if (!own_directory(directory) || snprintf(path, PATH_MAX, "%s/../%s", directory, place) >= PATH_MAX) {
		complain("can't tell where kw is installed: /proc is needed for it");
		return false;
	}
	if (access(path, R_OK) == 0)
		return true;
	complain("%s: %s; install Unitron again", path, strerror(errno));
	return false;
}

/* kw NAME: execute kw-NAME. Returns only if there is none. */
static int command_other(char **argv)
{
	char path[PATH_MAX], directory[PATH_MAX];

	if (!own_directory(directory) || snprintf(path, PATH_MAX, "%s/kw-%s", directory, argv[0]) >= PATH_MAX)
		path[0] = '\0';
	execv(path, argv);
	if (errno == ENOENT && snprintf(path, PATH_MAX, "kw-%s", argv[0]) < PATH_MAX)
		execvp(path, argv);
	if (errno == ENOENT) {
		complain("there is no sub-command %s; see kw --help", argv[0]);
		return RUN_NOT_FOUND;
	}
	complain("%s: %s", path, strerror(errno));
	return RUN_CANNOT;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs(usage, stderr);
		return RUN_FAILED;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		fputs(usage, stdout);
		return fflush(stdout) == 0 ? 0 : RUN_FAILED;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("kw (Unitron) %s\n", VERSION);
		return fflush(stdout) == 0 ? 0 : RUN_FAILED;
	}
	if (strcmp(argv[1], "run") == 0)
		return command_run(argc - 1, argv + 1);
	if (strcmp(argv[1], "status") == 0)
		return command_status(argc - 1, argv + 1);
	if (argv[1][0] == '-' || strchr(argv[1], '/')) {
		complain("%s: no such option or sub-command; see kw --help", argv[1]);
		return RUN_FAILED;
	}
	return command_other(argv + 1);
}
