/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One file: opening both ends as cp(1) does, the contents, what -p keeps, and
 * how far it has got, for who waits at a terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "copy.h"
#include "cp.h"

#define PERMISSIONS	(S_IRWXU | S_IRWXG | S_IRWXO)

/* ---- progress ---------------------------------------------------------------- */

struct progress {
	const char *target;
	long long size;
	struct timespec begin;
	int shown;		/* the second that was shown last; 0: nothing yet */
};

static void show(struct copy *copy, long long done)
{
	struct progress *progress = copy->data;
	struct timespec now;
	int second;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	second = (int)(now.tv_sec - progress->begin.tv_sec) - (now.tv_nsec < progress->begin.tv_nsec);
	if (second <= progress->shown)
		return;
	progress->shown = second;
	fprintf(stderr, "\r\033[K%s: %lld MB", progress->target, done / 1000000);
	if (progress->size > 0)
		fprintf(stderr, " of %lld, %lld %%", progress->size / 1000000, 100 * (done / 64) / (progress->size / 64 + 1));
}

static void progress_begin(struct copy *copy, struct progress *progress)
{
	if (!isatty(STDERR_FILENO))
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &progress->begin);
	copy->progress = show;
	copy->data = progress;
}

static void progress_end(const struct progress *progress)
{
	if (progress->shown > 0)
		fputs("\r\033[K", stderr);
}

/* ---- the ends ---------------------------------------------------------------- */

/* Create the target, exclusively. A descriptor, or -1 with errno */
static int create(const char *target, mode_t mode)
{
	return open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & PERMISSIONS);
}

static bool is_dangling(const char *target)
{
	struct stat status;

	return lstat(target, &status) == 0 && S_ISLNK(status.st_mode) && stat(target, &status) != 0;
}

/* A descriptor of the target, which is empty then; -1: complained */
static int open_target(const char *target, const struct stat *in, const struct options *options)
{
	/* With -p nobody else shall read what the owner may not want them to, before that is set. */
	mode_t mode = options->preserve ? in->st_mode & S_IRWXU : in->st_mode;
	int fd = open(target, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT) {
		if (is_dangling(target)) {
			complain(0, "not writing through dangling symlink '%s'", target);
			return -1;
		}
		fd = create(target, mode);
	} else if (options->force && errno != EISDIR) {
		if (unlink(target) != 0) {
			complain(errno, "cannot remove '%s'", target);
			return -1;
		}
		if (options->verbose)
			printf("removed '%s'\n", target);
		fd = create(target, mode);
	}
	if (fd < 0) {
		/* "three/" that is not there: what it is missing is a directory. */
		bool slash = target[0] != '\0' && target[strlen(target) - 1] == '/';

		complain(errno == EISDIR && slash ? ENOTDIR : errno, "cannot create regular file '%s'", target);
	}
	return fd;
}

/* Owner first: it takes set-user-ID away. -1: complained */
static int preserve(int fd, const char *target, const struct stat *in)
{
	const struct timespec times[2] = { in->st_atim, in->st_mtim };
	mode_t mode = in->st_mode & 07777;
	int result = 0;

	if (futimens(fd, times) != 0) {
		complain(errno, "preserving times for '%s'", target);
		result = -1;
	}
	if (fchown(fd, in->st_uid, in->st_gid) != 0) {
		if (errno != EPERM && errno != EINVAL) {
			complain(errno, "failed to preserve ownership for '%s'", target);
			result = -1;
		}
		/* Of another owner's file these bits would mean something else. */
		mode &= (mode_t)~(S_ISUID | S_ISGID);
	}
	if (fchmod(fd, mode) != 0) {
		complain(errno, "preserving permissions for '%s'", target);
		result = -1;
	}
	return result;
}

static int copy_contents(int in, int out, const char *source, const char *target, long long size)
{
	struct progress progress = { .target = target, .size = size };
	struct copy copy = { .in = in, .out = out };
	int error;

	progress_begin(&copy, &progress);
	error = copy_file(&copy);
	progress_end(&progress);
	if (error != 0)
		complain(error, "error %s '%s'", copy.side == COPY_IN ? "reading" : "writing",
			 copy.side == COPY_IN ? source : target);
	return error != 0 ? -1 : 0;
}

/* From the open source, which is a file; the target is no directory */
static int copy_open(int in, const char *source, const char *target, const struct stat *status, const struct options *options)
{
	struct stat existing;
	int out, result;

	if (stat(target, &existing) == 0) {
		if (existing.st_dev == status->st_dev && existing.st_ino == status->st_ino) {
			complain(0, "'%s' and '%s' are the same file", source, target);
			return -1;
		}
		if (S_ISDIR(existing.st_mode)) {
			complain(0, "cannot overwrite directory '%s' with non-directory", target);
			return -1;
		}
	}
	if (options->verbose)
		printf("'%s' -> '%s'\n", source, target);
	out = open_target(target, status, options);
	if (out < 0)
		return -1;
	result = copy_contents(in, out, source, target, status->st_size);
	if (result == 0 && options->preserve)
		result = preserve(out, target, status);
	if (close(out) != 0) {
		complain(errno, "failed to close '%s'", target);
		result = -1;
	}
	return result;
}

int file_copy(const char *source, const char *target, const struct options *options)
{
	struct stat status;
	int in, result;

	if (stat(source, &status) != 0) {
		complain(errno, "cannot stat '%s'", source);
		return -1;
	}
	if (S_ISDIR(status.st_mode)) {
		complain(0, "omitting directory '%s'", source);
		return -1;
	}
	in = open(source, O_RDONLY | O_CLOEXEC);
	if (in < 0 || fstat(in, &status) != 0) {
		complain(errno, "cannot open '%s' for reading", source);
		if (in >= 0)
			close(in);
		return -1;
	}
	result = copy_open(in, source, target, &status, options);
	close(in);
	return result;
}
