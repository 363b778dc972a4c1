// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls on paths. A path is the library kernel's if, made absolute and clean by
 * its letters alone, it is a mount point or lies below one. The library kernel
 * is always given such a path: its own working directory is never used, the
 * program's is kept here.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include "preload.h"

#define TMPFILE_BIT	(O_TMPFILE & ~O_DIRECTORY)

/* The working directory, valid if it lies in the library kernel; guarded by cwd_lock. */
static char cwd[PATH_MAX];
static int cwd_library;
static pthread_mutex_t cwd_lock = PTHREAD_MUTEX_INITIALIZER;

/* 1 if the working directory is the library kernel's. */
static int get_cwd(char *directory, size_t size)
{
	struct thread *self = this_thread();
	int library;

	guard_enter(self);
	pthread_mutex_lock(&cwd_lock);
	library = cwd_library;
	if (library)
		snprintf(directory, size, "%s", cwd);
	pthread_mutex_unlock(&cwd_lock);
	guard_leave(self);
	if (!library && !NEXT(getcwd)(directory, size))
		*directory = 0;
	return library;
}

static void set_cwd(const char *directory)
{
	struct thread *self = this_thread();

	guard_enter(self);
	pthread_mutex_lock(&cwd_lock);
	cwd_library = directory != NULL;
	if (directory)
		snprintf(cwd, sizeof(cwd), "%s", directory);
	pthread_mutex_unlock(&cwd_lock);
	guard_leave(self);
}

int place_find(struct place *place, int dir, const char *path)
{
	char directory[PATH_MAX];
	size_t length;
	int inside;

	place->library = 0;
	place->dir = dir;
	place->path = path;
	if (!path || !run_has_images())
		return 0;
	if (*path != '/' && dir != AT_FDCWD) {
		place->library = fd_is_library(dir);
		return place->library;
	}
	if (!*path)
		return 0;
	*directory = 0;
	inside = *path != '/' && get_cwd(directory, sizeof(directory));
	if (clean_path(place->buffer, sizeof(place->buffer) - 1, directory, path)) {
		if (!inside)
			return 0;
		/* The system's kernel would look from elsewhere; this name is too long, as the path is. */
		snprintf(place->buffer, sizeof(place->buffer), "/%0*d", NAME_MAX + 1, 0);
		place->library = 1;
		place->path = place->buffer;
		return 1;
	}
	if (!run_image_of(place->buffer)) {
		/* "../x" from inside: the system's kernel does not know from where. */
		if (inside)
			place->path = place->buffer;
		return 0;
	}
	/* A slash at the end wants a directory. */
	length = strlen(path);
	if (path[length - 1] == '/')
		strcat(place->buffer, "/");
	place->library = 1;
	place->dir = AT_FDCWD;
	place->path = place->buffer;
	library_start();
	return 1;
}

/* A call on one path, from AT_FDCWD or from the descriptor dir; in the arguments for the library kernel, PLACE stands for both. */
#define PLACE	place.dir, place.path
#define PATH_CALL(type, name, declared, passed, from, number, ...)				\
	EXPORT type name declared								\
	{											\
		struct place place;								\
												\
		if (!place_find(&place, from, path)) {						\
			path = place.path;							\
			return NEXT(name) passed;						\
		}										\
		return as_result(CALL(number, __VA_ARGS__));					\
	}

PATH_CALL(int, stat, (const char *path, struct stat *status), (path, status), AT_FDCWD, SYS_newfstatat, PLACE, status, 0)
PATH_CALL(int, lstat, (const char *path, struct stat *status), (path, status), AT_FDCWD, SYS_newfstatat, PLACE, status, AT_SYMLINK_NOFOLLOW)
PATH_CALL(int, fstatat, (int dir, const char *path, struct stat *status, int flags), (dir, path, status, flags), dir,
	  SYS_newfstatat, PLACE, status, flags)
PATH_CALL(int, statfs, (const char *path, struct statfs *status), (path, status), AT_FDCWD, SYS_statfs, place.path, status)
PATH_CALL(int, access, (const char *path, int mode), (path, mode), AT_FDCWD, SYS_faccessat, PLACE, mode)
PATH_CALL(int, faccessat, (int dir, const char *path, int mode, int flags), (dir, path, mode, flags), dir, SYS_faccessat2, PLACE, mode, flags)
PATH_CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), AT_FDCWD, SYS_mkdirat, PLACE, mode)
PATH_CALL(int, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode), dir, SYS_mkdirat, PLACE, mode)
PATH_CALL(int, rmdir, (const char *path), (path), AT_FDCWD, SYS_unlinkat, PLACE, AT_REMOVEDIR)
PATH_CALL(int, unlink, (const char *path), (path), AT_FDCWD, SYS_unlinkat, PLACE, 0)
PATH_CALL(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags), dir, SYS_unlinkat, PLACE, flags)
PATH_CALL(int, symlink, (const char *target, const char *path), (target, path), AT_FDCWD, SYS_symlinkat, target, PLACE)
PATH_CALL(int, symlinkat, (const char *target, int dir, const char *path), (target, dir, path), dir, SYS_symlinkat, target, PLACE)
PATH_CALL(ssize_t, readlink, (const char *path, char *target, size_t size), (path, target, size), AT_FDCWD, SYS_readlinkat, PLACE, target, size)
PATH_CALL(ssize_t, readlinkat, (int dir, const char *path, char *target, size_t size), (dir, path, target, size), dir,
	  SYS_readlinkat, PLACE, target, size)
PATH_CALL(int, chmod, (const char *path, mode_t mode), (path, mode), AT_FDCWD, SYS_fchmodat, PLACE, mode)
PATH_CALL(int, chown, (const char *path, uid_t owner, gid_t group), (path, owner, group), AT_FDCWD, SYS_fchownat, PLACE, owner, group, 0)
PATH_CALL(int, lchown, (const char *path, uid_t owner, gid_t group), (path, owner, group), AT_FDCWD,
	  SYS_fchownat, PLACE, owner, group, AT_SYMLINK_NOFOLLOW)
PATH_CALL(int, fchownat, (int dir, const char *path, uid_t owner, gid_t group, int flags), (dir, path, owner, group, flags), dir,
	  SYS_fchownat, PLACE, owner, group, flags)
PATH_CALL(int, truncate, (const char *path, off_t size), (path, size), AT_FDCWD, SYS_truncate, place.path, size)
PATH_CALL(int, utimensat, (int dir, const char *path, const struct timespec times[2], int flags), (dir, path, times, flags), dir,
	  SYS_utimensat, PLACE, times, flags)
PATH_CALL(int, utimes, (const char *path, const struct timeval times[2]), (path, times), AT_FDCWD, SYS_utimes, place.path, times)
PATH_CALL(int, utime, (const char *path, const struct utimbuf *times), (path, times), AT_FDCWD, SYS_utime, place.path, times)
PATH_CALL(int, mknod, (const char *path, mode_t mode, dev_t device), (path, mode, device), AT_FDCWD, SYS_mknodat, PLACE, mode, device)
PATH_CALL(int, mkfifo, (const char *path, mode_t mode), (path, mode), AT_FDCWD, SYS_mknodat, PLACE, mode | S_IFIFO, 0)
PATH_CALL(ssize_t, getxattr, (const char *path, const char *name, void *value, size_t size), (path, name, value, size), AT_FDCWD,
	  SYS_getxattr, place.path, name, value, size)
PATH_CALL(int, setxattr, (const char *path, const char *name, const void *value, size_t size, int flags), (path, name, value, size, flags),
	  AT_FDCWD, SYS_setxattr, place.path, name, value, size, flags)
PATH_CALL(ssize_t, listxattr, (const char *path, char *list, size_t size), (path, list, size), AT_FDCWD, SYS_listxattr, place.path, list, size)
PATH_CALL(int, removexattr, (const char *path, const char *name), (path, name), AT_FDCWD, SYS_removexattr, place.path, name)
PATH_CALL(ssize_t, lgetxattr, (const char *path, const char *name, void *value, size_t size), (path, name, value, size), AT_FDCWD,
	  SYS_lgetxattr, place.path, name, value, size)
PATH_CALL(int, lsetxattr, (const char *path, const char *name, const void *value, size_t size, int flags), (path, name, value, size, flags),
	  AT_FDCWD, SYS_lsetxattr, place.path, name, value, size, flags)
PATH_CALL(ssize_t, llistxattr, (const char *path, char *list, size_t size), (path, list, size), AT_FDCWD, SYS_llistxattr, place.path, list, size)
PATH_CALL(int, lremovexattr, (const char *path, const char *name), (path, name), AT_FDCWD, SYS_lremovexattr, place.path, name)

ALIAS(truncate64, truncate);

/* The call has no flags. As C libraries do it: links have no mode. */
EXPORT int fchmodat(int dir, const char *path, mode_t mode, int flags)
{
	struct stat status;
	struct place place;
	long error = 0;

	if (!place_find(&place, dir, path))
		return NEXT(fchmodat)(dir, place.path, mode, flags);
	if (flags & ~AT_SYMLINK_NOFOLLOW)
		error = -EINVAL;
	else if (flags)
		error = CALL(SYS_newfstatat, PLACE, &status, flags) ?: S_ISLNK(status.st_mode) ? -EOPNOTSUPP : 0;
	return as_result(error ? error : CALL(SYS_fchmodat, PLACE, mode));
}

static int to_statvfs(int error, const struct statfs *from, struct statvfs *to)
{
	if (error)
		return -1;
	*to = (struct statvfs){
		.f_bsize = from->f_bsize, .f_frsize = from->f_frsize, .f_blocks = from->f_blocks, .f_bfree = from->f_bfree,
		.f_bavail = from->f_bavail, .f_files = from->f_files, .f_ffree = from->f_ffree, .f_favail = from->f_ffree,
		.f_flag = from->f_flags, .f_namemax = from->f_namelen,
	};
	return 0;
}

EXPORT int statvfs(const char *path, struct statvfs *status)
{
	struct statfs own;
	struct place place;

	return place_find(&place, AT_FDCWD, path) ? to_statvfs(statfs(path, &own), &own, status) : NEXT(statvfs)(place.path, status);
}

EXPORT int fstatvfs(int fd, struct statvfs *status)
{
	struct statfs own;

	return fd_is_library(fd) ? to_statvfs(fstatfs(fd, &own), &own, status) : NEXT(fstatvfs)(fd, status);
}

EXPORT int openat(int dir, const char *path, int flags, ...)
{
	struct place place;
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & (O_CREAT | TMPFILE_BIT) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	if (!place_find(&place, dir, path))
		return NEXT(openat)(dir, place.path, flags, mode);
	return as_result(fd_adopt(CALL(SYS_openat, PLACE, flags, mode), flags & O_CLOEXEC));
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & (O_CREAT | TMPFILE_BIT) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return openat(AT_FDCWD, path, flags, mode);
}

EXPORT int creat(const char *path, mode_t mode)
{
	return openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

ALIAS(openat64, openat);
ALIAS(open64, open);
ALIAS(creat64, creat);

/* Two paths: of one kernel, or there is no way. */
static int two(struct place *from, int from_dir, const char *old, struct place *to, int to_dir, const char *new)
{
	int libraries = place_find(from, from_dir, old) + place_find(to, to_dir, new);

	if (libraries != 1)
		return libraries;
	errno = EXDEV;
	return -1;
}

int path_rename(int from_dir, const char *old, int to_dir, const char *new, unsigned int flags)
{
	struct place from, to;
	int libraries = two(&from, from_dir, old, &to, to_dir, new);

	if (libraries <= 0)
		return libraries ? -1 : syscall(SYS_renameat2, from_dir, from.path, to_dir, to.path, flags);
	return as_result(CALL(SYS_renameat2, from.dir, from.path, to.dir, to.path, flags));
}

EXPORT int renameat(int from_dir, const char *old, int to_dir, const char *new)
{
	return path_rename(from_dir, old, to_dir, new, 0);
}

EXPORT int rename(const char *old, const char *new)
{
	return path_rename(AT_FDCWD, old, AT_FDCWD, new, 0);
}

EXPORT int linkat(int from_dir, const char *old, int to_dir, const char *new, int flags)
{
	struct place from, to;
	int libraries = two(&from, from_dir, old, &to, to_dir, new);

	if (libraries <= 0)
		return libraries ? -1 : NEXT(linkat)(from_dir, from.path, to_dir, to.path, flags);
	return as_result(CALL(SYS_linkat, from.dir, from.path, to.dir, to.path, flags));
}

EXPORT int link(const char *old, const char *new)
{
	return linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

EXPORT int remove(const char *path)
{
	struct place place;

	if (!place_find(&place, AT_FDCWD, path))
		return NEXT(remove)(place.path);
	return !unlink(path) ? 0 : errno == EISDIR ? rmdir(path) : -1;
}

EXPORT mode_t umask(mode_t mask)
{
	if (library_runs())
		CALL(SYS_umask, mask);
	return NEXT(umask)(mask);
}

EXPORT int chdir(const char *path)
{
	struct stat status;
	struct place place;
	int error;

	if (!place_find(&place, AT_FDCWD, path)) {
		error = NEXT(chdir)(place.path);
		if (!error && run_has_images())
			set_cwd(NULL);
		return error;
	}
	if (stat(path, &status))
		return -1;
	if (!S_ISDIR(status.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	clean_path(place.buffer, sizeof(place.buffer), "", place.path);
	set_cwd(place.buffer);
	return 0;
}

/* The path of one of the library kernel's descriptors. 0, or -1 with errno. */
static int path_of(int fd, char *path, size_t size)
{
	char name[64];
	long length;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	length = CALL(SYS_readlinkat, AT_FDCWD, name, path, size - 1);
	if (length >= 0)
		path[length] = 0;
	return length < 0 ? as_result(length) : 0;
}

EXPORT int fchdir(int fd)
{
	char path[PATH_MAX];
	int error;

	if (fd_is_library(fd))
		return path_of(fd, path, sizeof(path)) ? -1 : chdir(path);
	error = NEXT(fchdir)(fd);
	if (!error && run_has_images())
		set_cwd(NULL);
	return error;
}

EXPORT char *getcwd(char *buffer, size_t size)
{
	char directory[PATH_MAX];

	if (!run_has_images() || !get_cwd(directory, sizeof(directory)))
		return NEXT(getcwd)(buffer, size);
	if (!buffer && !size)
		return strdup(directory);
	if (strlen(directory) >= size) {
		errno = size ? ERANGE : EINVAL;
		return NULL;
	}
	/* The program may use all of what it asks for. */
	if (!buffer)
		buffer = malloc(size);
	return buffer ? strcpy(buffer, directory) : NULL;
}

EXPORT char *realpath(const char *path, char *buffer)
{
	char found[PATH_MAX];
	struct place place;
	int fd, error;

	if (!place_find(&place, AT_FDCWD, path))
		return NEXT(realpath)(place.path, buffer);
	fd = fd_adopt(CALL(SYS_openat, PLACE, O_PATH | O_CLOEXEC, 0), 1);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	error = path_of(fd, found, sizeof(found));
	fd_close(fd);
	if (error)
		return NULL;
	return buffer ? strcpy(buffer, found) : strdup(found);
}

/* Names made of six letters that no other file has. */
static int make_temporary(char *template, int suffix, int (*make)(const char *path, int flags), int flags)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	int length = strlen(template), result = -1;
	struct timespec now;
	char *name;

	name = template + length - suffix - 6;
	if (suffix < 0 || length < suffix + 6 || strncmp(name, "XXXXXX", 6)) {
		errno = EINVAL;
		return -1;
	}
	for (int try = 0; try < 100; try++) {
		unsigned long value;

		clock_gettime(CLOCK_MONOTONIC, &now);
		value = (now.tv_nsec + now.tv_sec * 1000003UL + getpid()) * 2654435761UL;
		for (int i = 0; i < 6; i++, value /= sizeof(letters) - 1)
			name[i] = letters[value % (sizeof(letters) - 1)];
		result = make(template, flags);
		if (result >= 0 || errno != EEXIST)
			break;
	}
	return result;
}

static int make_file(const char *path, int flags)
{
	return open(path, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
}

static int make_directory(const char *path, int flags)
{
	return mkdir(path, 0700);
}

EXPORT int mkostemps(char *template, int suffix, int flags)
{
	struct place place;

	return place_find(&place, AT_FDCWD, template) ? make_temporary(template, suffix, make_file, flags) :
		NEXT(mkostemps)(template, suffix, flags);
}

EXPORT int mkostemp(char *template, int flags)
{
	return mkostemps(template, 0, flags);
}

EXPORT int mkstemps(char *template, int suffix)
{
	return mkostemps(template, suffix, 0);
}

EXPORT int mkstemp(char *template)
{
	return mkostemps(template, 0, 0);
}

ALIAS(mkstemp64, mkstemp);
ALIAS(mkostemp64, mkostemp);

EXPORT char *mkdtemp(char *template)
{
	struct place place;

	if (!place_find(&place, AT_FDCWD, template))
		return NEXT(mkdtemp)(template);
	return make_temporary(template, 0, make_directory, 0) ? NULL : template;
}
