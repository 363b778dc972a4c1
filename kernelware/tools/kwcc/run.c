/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Children, and the directory for intermediate files, which is removed whatever
 * happens to them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kwcc.h"

const char *compiler;
char *scratch;
char *standard_input;
char *prefix;

static void scratch_remove(void)
{
	struct dirent *entry;
	DIR *directory;

	if (scratch == NULL)
		return;
	directory = opendir(scratch);
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory != NULL)
		closedir(directory);
	rmdir(scratch);
}

_Noreturn void scratch_end(int status)
{
	scratch_remove();
	exit(status);
}

_Noreturn void die(const char *format, ...)
{
	va_list list;

	fputs("kwcc: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	scratch_end(1);
}

char *path_of(const char *format, ...)
{
	va_list list;
	char *made;

	va_start(list, format);
	if (vasprintf(&made, format, list) < 0)
		die("out of memory");
	va_end(list);
	return made;
}

void scratch_make(void)
{
	const char *directory = getenv("TMPDIR");

	scratch = path_of("%s/kwcc.XXXXXX", directory != NULL && directory[0] != '\0' ? directory : "/tmp");
	if (mkdtemp(scratch) == NULL) {
		char *name = scratch;

		scratch = NULL;
		die("%s: %s; set TMPDIR to a directory that can be written", name, strerror(errno));
	}
}

static void redirect(int fd, const char *path, int flags)
{
	int opened = open(path, flags, 0666);

	if (opened < 0 || dup2(opened, fd) < 0)
		_exit(126);
}

/* The child; does not return. */
static void child(struct list *list, const char *output, bool quiet)
{
	if (output != NULL)
		redirect(1, output, O_WRONLY | O_CREAT | O_TRUNC);
	if (quiet)
		redirect(2, "/dev/null", O_WRONLY);
	if (standard_input != NULL)
		redirect(0, standard_input, O_RDONLY);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execvp(list->items[0], (char **)list->items);
	fprintf(stderr, "kwcc: %s: %s; install it, or name a compiler by KW_CC (kwc++: KW_CXX)\n", list->items[0], strerror(errno));
	_exit(126);
}

int run(struct list *list, const char *output, bool quiet)
{
	int status;
	pid_t pid;

	/* The terminal's interrupt ends the child; then this program cleans up. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid == 0)
		child(list, output, quiet);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			die("wait: %s", strerror(errno));
	}
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (WIFSIGNALED(status)) {
		scratch_remove();
		raise(WTERMSIG(status));
		exit(128 + WTERMSIG(status));
	}
	return WEXITSTATUS(status);
}

_Noreturn void run_instead(struct list *list)
{
	child(list, NULL, false);
	abort();
}

void keep_standard_input(void)
{
	char *path = path_of("%s/input", scratch);
	FILE *stream = fopen(path, "w");
	char bytes[4096];
	size_t length;

	while (stream != NULL && (length = fread(bytes, 1, sizeof(bytes), stdin)) > 0)
		fwrite(bytes, 1, length, stream);
	if (stream == NULL || ferror(stdin) || fclose(stream) != 0)
		die("standard input could not be kept in %s: %s", path, strerror(errno));
	standard_input = path;
}
