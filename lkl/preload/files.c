// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls on open files: to the library kernel if the descriptor is its. Pipes,
 * event and timer descriptors made after the start are its, too: then programs
 * wait for them and for sockets in one kernel.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

#include "preload.h"

#define PIECE		65536	/* of a copy between the kernels */

/* A call whose first argument is fd: to the library kernel with these arguments, or on to the C library. */
#define FD_CALL(type, name, declared, number, ...)						\
	EXPORT type name declared								\
	{											\
		return fd_is_library(fd) ? (type)as_result(CALL(number, __VA_ARGS__)) :		\
			NEXT(name)(__VA_ARGS__);						\
	}

FD_CALL(ssize_t, read, (int fd, void *data, size_t size), SYS_read, fd, data, size)
FD_CALL(ssize_t, readv, (int fd, const struct iovec *pieces, int count), SYS_readv, fd, pieces, count)
FD_CALL(ssize_t, pread, (int fd, void *data, size_t size, off_t at), SYS_pread64, fd, data, size, at)
FD_CALL(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), SYS_pwrite64, fd, data, size, at)
FD_CALL(ssize_t, preadv, (int fd, const struct iovec *pieces, int count, off_t at), SYS_preadv, fd, pieces, count, at)
FD_CALL(ssize_t, pwritev, (int fd, const struct iovec *pieces, int count, off_t at), SYS_pwritev, fd, pieces, count, at)
FD_CALL(off_t, lseek, (int fd, off_t at, int whence), SYS_lseek, fd, at, whence)
FD_CALL(int, fstat, (int fd, struct stat *status), SYS_fstat, fd, status)
FD_CALL(int, fstatfs, (int fd, struct statfs *status), SYS_fstatfs, fd, status)
FD_CALL(int, fsync, (int fd), SYS_fsync, fd)
FD_CALL(int, fdatasync, (int fd), SYS_fdatasync, fd)
FD_CALL(int, syncfs, (int fd), SYS_syncfs, fd)
FD_CALL(int, sync_file_range, (int fd, off64_t at, off64_t size, unsigned int flags), SYS_sync_file_range, fd, at, size, flags)
FD_CALL(int, ftruncate, (int fd, off_t size), SYS_ftruncate, fd, size)
FD_CALL(int, fallocate, (int fd, int mode, off_t at, off_t size), SYS_fallocate, fd, mode, at, size)
FD_CALL(int, fchmod, (int fd, mode_t mode), SYS_fchmod, fd, mode)
FD_CALL(int, fchown, (int fd, uid_t owner, gid_t group), SYS_fchown, fd, owner, group)
FD_CALL(int, flock, (int fd, int operation), SYS_flock, fd, operation)
FD_CALL(ssize_t, fgetxattr, (int fd, const char *name, void *value, size_t size), SYS_fgetxattr, fd, name, value, size)
FD_CALL(int, fsetxattr, (int fd, const char *name, const void *value, size_t size, int flags), SYS_fsetxattr, fd, name, value, size, flags)
FD_CALL(ssize_t, flistxattr, (int fd, char *list, size_t size), SYS_flistxattr, fd, list, size)
FD_CALL(int, fremovexattr, (int fd, const char *name), SYS_fremovexattr, fd, name)
FD_CALL(int, timerfd_gettime, (int fd, struct itimerspec *now), SYS_timerfd_gettime, fd, now)
FD_CALL(int, timerfd_settime, (int fd, int flags, const struct itimerspec *value, struct itimerspec *old),
	SYS_timerfd_settime, fd, flags, value, old)

ALIAS(pread64, pread);
ALIAS(pwrite64, pwrite);
ALIAS(preadv64, preadv);
ALIAS(pwritev64, pwritev);
ALIAS(lseek64, lseek);
ALIAS(ftruncate64, ftruncate);
ALIAS(fallocate64, fallocate);

/* A writer whose reader has gone gets a signal beside the error. */
static ssize_t written(long result)
{
	if (result == -EPIPE)
		raise(SIGPIPE);
	return as_result(result);
}

EXPORT ssize_t write(int fd, const void *data, size_t size)
{
	return fd_is_library(fd) ? written(CALL(SYS_write, fd, data, size)) : NEXT(write)(fd, data, size);
}

EXPORT ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	return fd_is_library(fd) ? written(CALL(SYS_writev, fd, pieces, count)) : NEXT(writev)(fd, pieces, count);
}

EXPORT int isatty(int fd)
{
	struct termios settings;

	return fd_is_library(fd) ? !as_result(CALL(SYS_ioctl, fd, TCGETS, &settings)) : NEXT(isatty)(fd);
}

EXPORT int futimens(int fd, const struct timespec times[2])
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_utimensat, fd, 0, times, 0)) : NEXT(futimens)(fd, times);
}

/* These two return the error. */
EXPORT int posix_fallocate(int fd, off_t at, off_t size)
{
	return fd_is_library(fd) ? -(int)CALL(SYS_fallocate, fd, 0, at, size) : NEXT(posix_fallocate)(fd, at, size);
}

EXPORT int posix_fadvise(int fd, off_t at, off_t size, int advice)
{
	return fd_is_library(fd) ? -(int)CALL(SYS_fadvise64, fd, at, size, advice) : NEXT(posix_fadvise)(fd, at, size, advice);
}

ALIAS(posix_fallocate64, posix_fallocate);
ALIAS(posix_fadvise64, posix_fadvise);

/*
 * A file of the library kernel can't be mapped. A private mapping, or one that
 * is only read, becomes a copy of what the file holds at that time.
 */
EXPORT void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t at)
{
	char *base;
	long got = 1;

	if (flags & MAP_ANONYMOUS || !fd_is_library(fd))
		return NEXT(mmap)(address, size, protection, flags, fd, at);
	if (!(flags & MAP_PRIVATE) && protection & PROT_WRITE) {
		errno = ENODEV;
		return MAP_FAILED;
	}
	base = NEXT(mmap)(address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | (flags & MAP_FIXED), -1, 0);
	if (base == MAP_FAILED)
		return base;
	for (size_t done = 0; done < size && got > 0; done += got) {
		got = CALL(SYS_pread64, fd, base + done, size - done, at + done);
		if (got < 0) {
			munmap(base, size);
			errno = -got;
			return MAP_FAILED;
		}
	}
	if (protection != (PROT_READ | PROT_WRITE))
		mprotect(base, size, protection);
	return base;
}

ALIAS(mmap64, mmap);

/* From one kernel to the other, through memory of the program. */
static ssize_t copy_between(int out, int in, off_t *offset, size_t count)
{
	off_t at = offset ? *offset : lseek(in, 0, SEEK_CUR), begin = at;
	ssize_t got = 0, put = 0;
	char *buffer;
	int error;

	if (at < 0) {
		errno = EINVAL;
		return -1;
	}
	buffer = malloc(PIECE);
	if (!buffer)
		return -1;
	while ((size_t)(at - begin) < count) {
		got = count - (at - begin) < PIECE ? count - (at - begin) : PIECE;
		got = pread(in, buffer, got, at);
		put = got > 0 ? write(out, buffer, got) : 0;
		if (put <= 0)
			break;
		at += put;
		if (put < got)
			break;
	}
	error = errno;
	free(buffer);
	if (offset)
		*offset = at;
	else
		lseek(in, at, SEEK_SET);
	errno = error;
	return at > begin ? at - begin : got < 0 || put < 0 ? -1 : 0;
}

EXPORT ssize_t sendfile(int out, int in, off_t *offset, size_t count)
{
	if (!fd_is_library(out) && !fd_is_library(in))
		return NEXT(sendfile)(out, in, offset, count);
	if (fd_is_library(out) && fd_is_library(in))
		return written(CALL(SYS_sendfile, out, in, offset, count));
	return copy_between(out, in, offset, count);
}

ALIAS(sendfile64, sendfile);

/* Programs that use these two know how to do without. */
EXPORT ssize_t splice(int in, off64_t *in_at, int out, off64_t *out_at, size_t size, unsigned int flags)
{
	if (fd_is_library(in) && fd_is_library(out))
		return written(CALL(SYS_splice, in, in_at, out, out_at, size, flags));
	if (!fd_is_library(in) && !fd_is_library(out))
		return NEXT(splice)(in, in_at, out, out_at, size, flags);
	errno = EINVAL;
	return -1;
}

EXPORT ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t size, unsigned int flags)
{
	if (fd_is_library(in) && fd_is_library(out))
		return as_result(CALL(SYS_copy_file_range, in, in_at, out, out_at, size, flags));
	if (!fd_is_library(in) && !fd_is_library(out))
		return NEXT(copy_file_range)(in, in_at, out, out_at, size, flags);
	errno = EXDEV;
	return -1;
}

/* Two descriptors from the library kernel's call. */
static int adopt_pair(long error, int made[2], int ends[2], int cloexec)
{
	if (error)
		return as_result(error);
	ends[0] = fd_adopt(made[0], cloexec);
	ends[1] = fd_adopt(made[1], cloexec);
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	error = ends[0] < 0 ? ends[0] : ends[1];
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			fd_close(ends[i]);
	return as_result(error);
}

EXPORT int pipe2(int ends[2], int flags)
{
	int made[2];

	if (!library_runs())
		return NEXT(pipe2)(ends, flags);
	return adopt_pair(CALL(SYS_pipe2, made, flags), made, ends, flags & O_CLOEXEC);
}

EXPORT int pipe(int ends[2])
{
	/* Not by pipe2(), which in musl calls pipe(). */
	return library_runs() ? pipe2(ends, 0) : NEXT(pipe)(ends);
}

EXPORT int socketpair(int domain, int type, int protocol, int ends[2])
{
	int made[2];

	if (!library_runs())
		return NEXT(socketpair)(domain, type, protocol, ends);
	return adopt_pair(CALL(SYS_socketpair, domain, type, protocol, made), made, ends, type & SOCK_CLOEXEC);
}

EXPORT int eventfd(unsigned int value, int flags)
{
	if (!library_runs())
		return NEXT(eventfd)(value, flags);
	return as_result(fd_adopt(CALL(SYS_eventfd2, value, flags), flags & EFD_CLOEXEC));
}

EXPORT int eventfd_read(int fd, eventfd_t *value)
{
	return read(fd, value, sizeof(*value)) == sizeof(*value) ? 0 : -1;
}

EXPORT int eventfd_write(int fd, eventfd_t value)
{
	return write(fd, &value, sizeof(value)) == sizeof(value) ? 0 : -1;
}

EXPORT int timerfd_create(int clock, int flags)
{
	if (!library_runs())
		return NEXT(timerfd_create)(clock, flags);
	return as_result(fd_adopt(CALL(SYS_timerfd_create, clock, flags), flags & TFD_CLOEXEC));
}
