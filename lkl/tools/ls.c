// SPDX-License-Identifier: BSD-2-Clause
/* lkl ls and lkl cat: directories and files of the mounted image on standard output. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "directory.h"
#include "image.h"
#include "lkl.h"
#include "message.h"

struct names {
	char	**name;
	size_t	count, room;
};

static int add_name(struct names *names, const char *name)
{
	if (names->count == names->room) {
		size_t room = names->room ? names->room * 2 : 64;
		char **bigger = realloc(names->name, room * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		names->name = bigger;
		names->room = room;
	}
	names->name[names->count] = strdup(name);
	return names->name[names->count++] ? 0 : -ENOMEM;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static long read_names(long fd, struct names *names, int all)
{
	char buffer[16384];
	long length, error = 0;

	while (!error && (length = lkl_sys_getdents64(fd, buffer, sizeof(buffer))) != 0) {
		if (length < 0)
			return length;
		for_each_record(record, buffer, length)
			if (!error && (all || *record->name != '.'))
				error = add_name(names, record->name);
	}
	return error;
}

static void print_details(const struct stat *status)
{
	static const char kinds[] = "?pc?d?b?-?l?s???";
	char mode[11] = "?rwxrwxrwx", when[32];
	time_t seconds = status->st_mtime;
	struct tm *time = localtime(&seconds);

	mode[0] = kinds[status->st_mode >> 12 & 15];
	for (int i = 0; i < 9; i++)
		if (!(status->st_mode & 0400 >> i))
			mode[i + 1] = '-';
	if (status->st_mode & S_ISUID)
		mode[3] = status->st_mode & S_IXUSR ? 's' : 'S';
	if (status->st_mode & S_ISGID)
		mode[6] = status->st_mode & S_IXGRP ? 's' : 'S';
	if (status->st_mode & S_ISVTX)
		mode[9] = status->st_mode & S_IXOTH ? 't' : 'T';
	/* An image may hold years that no calendar has. */
	if (!time || !strftime(when, sizeof(when), "%Y-%m-%d %H:%M", time))
		snprintf(when, sizeof(when), "%lld", (long long)seconds);
	printf("%s %3lu %5u %5u ", mode, (unsigned long)status->st_nlink, status->st_uid, status->st_gid);
	if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))
		printf("%5u, %5u", major(status->st_rdev), minor(status->st_rdev));
	else
		printf("%12lld", (long long)status->st_size);
	printf(" %s ", when);
}

static int print_entry(const char *path, const char *name, const struct list_options *options)
{
	char target[PATH_MAX];
	struct stat status;
	long error;

	if (!options->details) {
		print_name(stdout, name);
		putchar('\n');
		return 0;
	}
	error = lkl_sys_lstat(image_path(path), &status);
	if (error) {
		complain(path, -error);
		return 1;
	}
	print_details(&status);
	print_name(stdout, name);
	if (S_ISLNK(status.st_mode)) {
		error = lkl_sys_readlink(image_path(path), target, sizeof(target) - 1);
		if (error >= 0) {
			target[error] = 0;
			printf(" -> ");
			print_name(stdout, target);
		}
	}
	putchar('\n');
	return 0;
}

int list_path(const char *path, const struct list_options *options, int heading)
{
	struct names names = { 0 };
	char child[PATH_MAX];
	struct stat status;
	int failed = 0;
	long error, fd;

	error = lkl_sys_lstat(image_path(path), &status);
	if (error) {
		complain(path, -error);
		return 1;
	}
	if (!S_ISDIR(status.st_mode))
		return print_entry(path, path, options);
	fd = lkl_sys_open(image_path(path), O_RDONLY | O_DIRECTORY, 0);
	error = fd < 0 ? fd : read_names(fd, &names, options->all);
	if (fd >= 0)
		lkl_sys_close(fd);
	if (error) {
		complain(path, -error);
		failed = 1;
	}
	if (heading)
		printf("%s:\n", path);
	if (names.count)
		qsort(names.name, names.count, sizeof(*names.name), by_name);
	for (size_t i = 0; i < names.count; i++) {
		snprintf(child, sizeof(child), "%s/%s", path, names.name[i]);
		failed |= print_entry(child, names.name[i], options);
		free(names.name[i]);
	}
	free(names.name);
	return failed;
}

int print_file(const char *path)
{
	static char buffer[1 << 16];
	long fd = lkl_sys_open(image_path(path), O_RDONLY, 0), length;

	if (fd < 0) {
		complain(path, -fd);
		return 1;
	}
	while ((length = lkl_sys_read(fd, buffer, sizeof(buffer))) > 0) {
		if (fwrite(buffer, 1, length, stdout) != (size_t)length) {
			complain("standard output", errno);
			lkl_sys_close(fd);
			return 1;
		}
	}
	lkl_sys_close(fd);
	if (length < 0)
		complain(path, -length);
	return length < 0;
}
