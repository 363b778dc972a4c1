// SPDX-License-Identifier: BSD-2-Clause
/*
 * The C library's streams and directories read and write by calls of its own that
 * can't be taken over. So a stream on a file of the library kernel is made by
 * fopencookie(), and a directory is a structure of ours; both are known by lists,
 * which list_lock guards.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload.h"

struct stream {
	FILE		*file;
	int		fd;
	struct stream	*next;
};

struct directory {
	int			fd, used, length;
	long			position;
	struct directory	*next;
	char			buffer[16384] __attribute__((aligned(8)));
};

static struct stream *streams;
static struct directory *directories;
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;

static void lock_list(struct thread *self)
{
	guard_enter(self);
	pthread_mutex_lock(&list_lock);
}

static void unlock_list(struct thread *self)
{
	pthread_mutex_unlock(&list_lock);
	guard_leave(self);
}

/* Streams */

static ssize_t stream_read(void *cookie, char *data, size_t size)
{
	return read(((struct stream *)cookie)->fd, data, size);
}

static ssize_t stream_write(void *cookie, const char *data, size_t size)
{
	ssize_t put = write(((struct stream *)cookie)->fd, data, size);

	return put < 0 ? 0 : put;
}

static int stream_seek(void *cookie, off64_t *at, int whence)
{
	off_t now = lseek(((struct stream *)cookie)->fd, *at, whence);

	if (now < 0)
		return -1;
	*at = now;
	return 0;
}

static int stream_close(void *cookie)
{
	struct thread *self = this_thread();
	struct stream *stream = cookie, **link;
	int error;

	lock_list(self);
	for (link = &streams; *link; link = &(*link)->next) {
		if (*link == stream) {
			*link = stream->next;
			break;
		}
	}
	unlock_list(self);
	error = close(stream->fd);
	free(stream);
	return error;
}

static FILE *open_stream(int fd, const char *mode)
{
	static const cookie_io_functions_t functions = { stream_read, stream_write, stream_seek, stream_close };
	struct thread *self = this_thread();
	struct stream *stream = malloc(sizeof(*stream));

	if (!stream)
		return NULL;
	stream->fd = fd;
	stream->file = fopencookie(stream, mode, functions);
	if (!stream->file) {
		free(stream);
		return NULL;
	}
	lock_list(self);
	stream->next = streams;
	streams = stream;
	unlock_list(self);
	return stream->file;
}

/* The flags of open() for a mode as fopen() has it, or -1 with errno. */
static int mode_flags(const char *mode)
{
	int flags;

	switch (*mode) {
	case 'r':
		flags = 0;
		break;
	case 'w':
		flags = O_CREAT | O_TRUNC;
		break;
	case 'a':
		flags = O_CREAT | O_APPEND;
		break;
	default:
		errno = EINVAL;
		return -1;
	}
	flags |= strchr(mode, '+') ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
	return flags | (strchr(mode, 'x') ? O_EXCL : 0) | (strchr(mode, 'e') ? O_CLOEXEC : 0);
}

EXPORT FILE *fopen(const char *path, const char *mode)
{
	struct place place;
	FILE *file;
	int flags, fd;

	if (!place_find(&place, AT_FDCWD, path))
		return NEXT(fopen)(place.path, mode);
	flags = mode_flags(mode);
	fd = flags < 0 ? -1 : open(path, flags, 0666);
	if (fd < 0)
		return NULL;
	file = open_stream(fd, mode);
	if (!file)
		close(fd);
	return file;
}

EXPORT FILE *fdopen(int fd, const char *mode)
{
	int flags, is;

	if (!fd_is_library(fd))
		return NEXT(fdopen)(fd, mode);
	flags = mode_flags(mode);
	if (flags < 0)
		return NULL;
	is = as_result(CALL(SYS_fcntl, fd, F_GETFL));
	if (is < 0)
		return NULL;
	if ((is & O_ACCMODE) != O_RDWR && (is & O_ACCMODE) != (flags & O_ACCMODE)) {
		errno = EINVAL;
		return NULL;
	}
	if (flags & ~is & O_APPEND && as_result(CALL(SYS_fcntl, fd, F_SETFL, is | O_APPEND)))
		return NULL;
	return open_stream(fd, mode);
}

/* A stream can't change its kind. */
EXPORT FILE *freopen(const char *path, const char *mode, FILE *file)
{
	struct place place;

	if (!place_find(&place, AT_FDCWD, path))
		return NEXT(freopen)(place.path, mode, file);
	fclose(file);
	errno = EOPNOTSUPP;
	return NULL;
}

EXPORT int fileno(FILE *file)
{
	struct thread *self = this_thread();
	struct stream *stream;
	int fd = -1;

	if (!__atomic_load_n(&streams, __ATOMIC_ACQUIRE))
		return NEXT(fileno)(file);
	lock_list(self);
	for (stream = streams; stream; stream = stream->next)
		if (stream->file == file)
			fd = stream->fd;
	unlock_list(self);
	return fd >= 0 ? fd : NEXT(fileno)(file);
}

ALIAS(fopen64, fopen);
ALIAS(freopen64, freopen);
ALIAS(fileno_unlocked, fileno);

/* Directories */

/* The structure if the directory is ours; with removal from the list if wanted. */
static struct directory *find(DIR *dir, int remove)
{
	struct thread *self = this_thread();
	struct directory **link, *found = NULL;

	if (!__atomic_load_n(&directories, __ATOMIC_ACQUIRE))
		return NULL;
	lock_list(self);
	for (link = &directories; *link; link = &(*link)->next) {
		if ((void *)*link != (void *)dir)
			continue;
		found = *link;
		if (remove)
			*link = found->next;
		break;
	}
	unlock_list(self);
	return found;
}

EXPORT DIR *fdopendir(int fd)
{
	struct thread *self = this_thread();
	struct directory *directory;
	struct stat status;

	if (!fd_is_library(fd))
		return NEXT(fdopendir)(fd);
	if (fstat(fd, &status))
		return NULL;
	if (!S_ISDIR(status.st_mode)) {
		errno = ENOTDIR;
		return NULL;
	}
	directory = calloc(1, sizeof(*directory));
	if (!directory)
		return NULL;
	directory->fd = fd;
	lock_list(self);
	directory->next = directories;
	directories = directory;
	unlock_list(self);
	return (DIR *)directory;
}

EXPORT DIR *opendir(const char *path)
{
	struct place place;
	DIR *dir;
	int fd;

	if (!place_find(&place, AT_FDCWD, path))
		return NEXT(opendir)(place.path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

EXPORT struct dirent *readdir(DIR *dir)
{
	struct directory *directory = find(dir, 0);
	struct dirent *entry;

	if (!directory)
		return NEXT(readdir)(dir);
	if (directory->used == directory->length) {
		directory->used = 0;
		directory->length = CALL(SYS_getdents64, directory->fd, directory->buffer, sizeof(directory->buffer));
		if (directory->length <= 0) {
			errno = directory->length ? -directory->length : errno;
			directory->length = 0;
			return NULL;
		}
	}
	entry = (struct dirent *)(directory->buffer + directory->used);
	directory->used += entry->d_reclen;
	directory->position = entry->d_off;
	return entry;
}

EXPORT int closedir(DIR *dir)
{
	struct directory *directory = find(dir, 1);
	int error;

	if (!directory)
		return NEXT(closedir)(dir);
	error = close(directory->fd);
	free(directory);
	return error;
}

EXPORT int dirfd(DIR *dir)
{
	struct directory *directory = find(dir, 0);

	return directory ? directory->fd : NEXT(dirfd)(dir);
}

EXPORT long telldir(DIR *dir)
{
	struct directory *directory = find(dir, 0);

	return directory ? directory->position : NEXT(telldir)(dir);
}

EXPORT void seekdir(DIR *dir, long position)
{
	struct directory *directory = find(dir, 0);

	if (!directory) {
		NEXT(seekdir)(dir, position);
		return;
	}
	CALL(SYS_lseek, directory->fd, position, SEEK_SET);
	directory->used = directory->length = 0;
	directory->position = position;
}

EXPORT void rewinddir(DIR *dir)
{
	if (find(dir, 0))
		seekdir(dir, 0);
	else
		NEXT(rewinddir)(dir);
}
