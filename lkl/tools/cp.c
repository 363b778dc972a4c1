// SPDX-License-Identifier: BSD-2-Clause
/*
 * lkl cp: files, directories and symbolic links between the image and the host.
 * Both are a struct side, whose calls return -errno; copying itself does not
 * know which is which. Never follows a link while it writes into a directory.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "directory.h"
#include "image.h"
#include "lkl.h"
#include "message.h"

#define CHUNK		(1 << 20)
#define PROGRESS_AFTER	1.0	/* seconds, then twice a second */

struct side {
	const char *(*path)(const char *path);
	long	(*call)(long number, long a, long b, long c, long d, long e, long f);
};

static const char *same_path(const char *path)
{
	return path;
}

static long host_call(long number, long a, long b, long c, long d, long e, long f)
{
	long result = syscall(number, a, b, c, d, e, f);

	return result < 0 ? -errno : result;
}

static const struct side host = { same_path, host_call };
static const struct side inside = { image_path, lkl_call };

#define CALL(side, name, ...)		CALL_((side), SYS_##name, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(side, number, a, b, c, d, e, f, ...) \
	(side)->call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static char chunk[CHUNK];

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void show_progress(const char *name, long long done, long long size, double took)
{
	putc('\r', stderr);
	print_name(stderr, name);
	fprintf(stderr, ": %lld of %lld MB, %.0f MB/s ", done / 1000000, size / 1000000, done / took / 1e6);
}

static long write_all(const struct side *to, long fd, long length)
{
	long at = 0, moved;

	while (at < length) {
		moved = CALL(to, write, fd, chunk + at, length - at);
		if (moved <= 0)
			return moved ? moved : -EIO;
		at += moved;
	}
	return 0;
}

static long copy_contents(const struct side *from, long in, const struct side *to, long out, const char *name,
			  long long size, int quiet)
{
	double start = seconds(), shown = start + PROGRESS_AFTER - 0.5, now;
	int progress = !quiet && isatty(2), any = 0;
	long long done = 0;
	long length, error = 0;

	while (!error && (length = CALL(from, read, in, chunk, CHUNK)) != 0) {
		if (length < 0)
			return length;
		error = write_all(to, out, length);
		done += length;
		now = progress ? seconds() : 0;
		if (progress && now - shown >= 0.5) {
			show_progress(name, done, size, now - start);
			shown = now;
			any = 1;
		}
	}
	if (any)
		fputc('\n', stderr);
	return error;
}

static long copy_file(const struct side *from, const char *source, const struct side *to, const char *target,
		      const struct stat *status, const struct copy_options *options)
{
	long in, out, error, closed;

	in = CALL(from, open, from->path(source), O_RDONLY | O_NOFOLLOW, 0);
	if (in < 0)
		return in;
	out = CALL(to, open, to->path(target), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, status->st_mode & 0777);
	if (out < 0) {
		CALL(from, close, in);
		return out;
	}
	error = copy_contents(from, in, to, out, source, status->st_size, options->quiet);
	closed = CALL(to, close, out);
	CALL(from, close, in);
	return error ? error : closed;
}

static long copy_link(const struct side *from, const char *source, const struct side *to, const char *target)
{
	char text[PATH_MAX];
	long length = CALL(from, readlink, from->path(source), text, sizeof(text) - 1);

	if (length < 0)
		return length;
	text[length] = 0;
	return CALL(to, symlink, text, to->path(target));
}

static long keep_attributes(const struct side *to, const char *target, const struct stat *status)
{
	struct timespec times[2] = { status->st_atim, status->st_mtim };
	long error = CALL(to, lchown, to->path(target), status->st_uid, status->st_gid);

	mode_t mode = status->st_mode & 07777;

	/* As cp -p does: who may not give files away keeps the rest, but lends nobody his own rights. */
	if (error && error != -EPERM)
		return error;
	if (error)
		mode &= ~(S_ISUID | S_ISGID);
	if (!S_ISLNK(status->st_mode))
		error = CALL(to, chmod, to->path(target), mode);
	else
		error = 0;
	return error ? error : CALL(to, utimensat, AT_FDCWD, to->path(target), times, AT_SYMLINK_NOFOLLOW);
}

static int copy_tree(const struct side *from, const char *source, const struct side *to, const char *target,
		     const struct copy_options *options);

/* Makes it, for the time of copying with all rights of its owner's. 1 if it was there, 0 or -errno. */
static long make_directory(const struct side *to, const char *target)
{
	struct stat status;
	long error = CALL(to, mkdir, to->path(target), 0700);

	/* A damaged directory may hold a name twice: first a link to elsewhere. */
	if (error == -EEXIST)
		error = CALL(to, lstat, to->path(target), &status) ?: S_ISDIR(status.st_mode) ? 1 : -EEXIST;
	return error;
}

/* What files and directories are made without, as open() does it. */
static mode_t mask_of(const struct side *side)
{
	mode_t mask = CALL(side, umask, 0);

	CALL(side, umask, mask);
	return mask;
}

/* Into the directory target, which is there. */
static int copy_directory(const struct side *from, const char *source, const struct side *to, const char *target,
			  const struct copy_options *options)
{
	char buffer[8192], from_path[PATH_MAX], to_path[PATH_MAX];
	int failed = 0;
	long fd, length;

	fd = CALL(from, open, from->path(source), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0) {
		complain(source, -fd);
		return 1;
	}
	while ((length = CALL(from, getdents64, fd, buffer, sizeof(buffer))) > 0) {
		for_each_record(record, buffer, length) {
			const char *name = record->name;

			/* A damaged or hostile directory may hold such names. */
			if (!strcmp(name, ".") || !strcmp(name, "..") || !*name || strchr(name, '/'))
				continue;
			if (snprintf(from_path, PATH_MAX, "%s/%s", source, name) >= PATH_MAX ||
			    snprintf(to_path, PATH_MAX, "%s/%s", target, name) >= PATH_MAX) {
				complain(name, ENAMETOOLONG);
				failed = 1;
				continue;
			}
			failed |= copy_tree(from, from_path, to, to_path, options);
		}
	}
	CALL(from, close, fd);
	if (length < 0)
		complain(source, -length);
	return failed || length < 0;
}

static int copy_tree(const struct side *from, const char *source, const struct side *to, const char *target,
		     const struct copy_options *options)
{
	struct stat status;
	long error = CALL(from, lstat, from->path(source), &status), there;
	int failed = 0;

	if (error) {
		complain(source, -error);
		return 1;
	}
	if (S_ISDIR(status.st_mode)) {
		if (!options->recursive) {
			tell("%s: a directory; use -r to copy it", source);
			return 1;
		}
		there = make_directory(to, target);
		/* What is there instead must not get its mode. */
		if (there < 0) {
			complain(target, -there);
			return 1;
		}
		failed = copy_directory(from, source, to, target, options);
		if (!options->preserve && !there)
			error = CALL(to, chmod, to->path(target), status.st_mode & 0777 & ~mask_of(to));
	} else if (S_ISREG(status.st_mode)) {
		error = copy_file(from, source, to, target, &status, options);
	} else if (S_ISLNK(status.st_mode)) {
		error = copy_link(from, source, to, target);
	} else {
		tell("%s: neither file, directory nor link; left out", source);
		return 1;
	}
	if (!error && options->preserve)
		error = keep_attributes(to, target, &status);
	if (error) {
		tell("%s to %s: %s", source, target, strerror(-error));
		return 1;
	}
	return failed;
}

/* Into a directory under the source's own name, otherwise to the name given. */
static int copy_to(const struct side *from, const char *source, const struct side *to, const char *target,
		   const struct copy_options *options)
{
	char path[PATH_MAX], *copy = strdup(source), *name;
	struct stat status;
	size_t length, needed;
	int directory;

	if (!copy) {
		complain(source, ENOMEM);
		return 1;
	}
	for (length = strlen(copy); length > 1 && copy[length - 1] == '/'; )
		copy[--length] = 0;
	name = strrchr(copy, '/') ? strrchr(copy, '/') + 1 : copy;
	directory = !CALL(to, stat, to->path(target), &status) && S_ISDIR(status.st_mode);
	needed = snprintf(path, sizeof(path), "%s%s%s", target, directory ? "/" : "", directory ? name : "");
	free(copy);
	if (options->several && !directory) {
		complain(target, ENOTDIR);
		return 1;
	}
	if (needed >= sizeof(path)) {
		complain(target, ENAMETOOLONG);
		return 1;
	}
	return copy_tree(from, source, to, path, options);
}

int copy_out(const char *from, const char *to, const struct copy_options *options)
{
	return copy_to(&inside, from, &host, to, options);
}

int copy_in(const char *from, const char *to, const struct copy_options *options)
{
	return copy_to(&host, from, &inside, to, options);
}
