// SPDX-License-Identifier: BSD-2-Clause
/*
 * What glibc has and musl does not, has as macros, or declares otherwise: names
 * for 64-bit sizes, which are the others on x86-64; some newer calls; messages;
 * what programs compiled with _FORTIFY_SOURCE call. See musl.c.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "wait.h"

EXPORT int fstat64(int fd, struct stat64 *status)
{
	return fstat(fd, (struct stat *)status);
}

EXPORT int fstatfs64(int fd, struct statfs64 *status)
{
	return fstatfs(fd, (struct statfs *)status);
}

EXPORT int stat64(const char *path, struct stat64 *status)
{
	return stat(path, (struct stat *)status);
}

EXPORT int lstat64(const char *path, struct stat64 *status)
{
	return lstat(path, (struct stat *)status);
}

EXPORT int fstatat64(int dir, const char *path, struct stat64 *status, int flags)
{
	return fstatat(dir, path, (struct stat *)status, flags);
}

EXPORT int statfs64(const char *path, struct statfs64 *status)
{
	return statfs(path, (struct statfs *)status);
}

EXPORT int statvfs64(const char *path, struct statvfs64 *status)
{
	return statvfs(path, (struct statvfs *)status);
}

EXPORT int fstatvfs64(int fd, struct statvfs64 *status)
{
	return fstatvfs(fd, (struct statvfs *)status);
}

EXPORT struct dirent64 *readdir64(DIR *dir)
{
	return (struct dirent64 *)readdir(dir);
}

EXPORT int statx(int dir, const char *path, int flags, unsigned int mask, struct statx *status)
{
	struct place place;

	if (!place_find(&place, dir, path))
		return NEXT(statx)(dir, place.path, flags, mask, status);
	return as_result(CALL(SYS_statx, place.dir, place.path, flags, mask, status));
}

EXPORT int renameat2(int from_dir, const char *old, int to_dir, const char *new, unsigned int flags)
{
	return path_rename(from_dir, old, to_dir, new, flags);
}

EXPORT ssize_t getdents64(int fd, void *data, size_t size)
{
	return fd_is_library(fd) ? as_result(CALL(SYS_getdents64, fd, data, size)) : NEXT(getdents64)(fd, data, size);
}

EXPORT int close_range(unsigned int first, unsigned int last, int flags)
{
	return fd_close_range(first, last, flags);
}

EXPORT void closefrom(int low)
{
	fd_close_range(low < 0 ? 0 : low, ~0U, 0);
}

EXPORT int epoll_pwait2(int epoll, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask)
{
	if (!fd_is_library(epoll))
		return NEXT(epoll_pwait2)(epoll, events, room, timeout, mask);
	return wait_epoll(epoll, events, room, timeout, mask);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	return fd_is_library(fd) ? call_sent(CALL(SYS_sendmsg, fd, message, flags), flags) : NEXT(sendmsg)(fd, message, flags);
}

EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags)
{
	return fd_is_library(fd) ? (int)call_sent(CALL(SYS_sendmmsg, fd, messages, count, flags), flags) :
		NEXT(sendmmsg)(fd, messages, count, flags);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	return fd_is_library(fd) ? call_received(CALL(SYS_recvmsg, fd, message, flags), message, flags) : NEXT(recvmsg)(fd, message, flags);
}

EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout)
{
	long got;

	if (!fd_is_library(fd))
		return NEXT(recvmmsg)(fd, messages, count, flags, timeout);
	got = CALL(SYS_recvmmsg, fd, messages, count, flags, timeout);
	for (long i = 0; i < got; i++)
		call_received(0, &messages[i].msg_hdr, flags);
	return as_result(got);
}

EXPORT int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_ioctl, fd, request, argument)) : NEXT(ioctl)(fd, request, argument);
}

/* _FORTIFY_SOURCE */

void __chk_fail(void) __attribute__((noreturn));
ssize_t __recv_chk(int fd, void *data, size_t size, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *data, size_t size, size_t room, int flags, struct sockaddr *from, socklen_t *length);

EXPORT ssize_t __recv_chk(int fd, void *data, size_t size, size_t room, int flags)
{
	if (size > room)
		__chk_fail();
	return recv(fd, data, size, flags);
}

EXPORT ssize_t __recvfrom_chk(int fd, void *data, size_t size, size_t room, int flags, struct sockaddr *from, socklen_t *length)
{
	if (size > room)
		__chk_fail();
	return recvfrom(fd, data, size, flags, from, length);
}

ssize_t __read_chk(int fd, void *data, size_t size, size_t room);
ssize_t __pread_chk(int fd, void *data, size_t size, off_t at, size_t room);

EXPORT ssize_t __read_chk(int fd, void *data, size_t size, size_t room)
{
	if (size > room)
		__chk_fail();
	return read(fd, data, size);
}

EXPORT ssize_t __pread_chk(int fd, void *data, size_t size, off_t at, size_t room)
{
	if (size > room)
		__chk_fail();
	return pread(fd, data, size, at);
}

extern __typeof__(__pread_chk) __pread64_chk __attribute__((alias("__pread_chk"), visibility("default")));

int __open_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
ssize_t __readlink_chk(const char *path, char *target, size_t size, size_t room);
ssize_t __readlinkat_chk(int dir, const char *path, char *target, size_t size, size_t room);
char *__realpath_chk(const char *path, char *buffer, size_t room);
char *__getcwd_chk(char *buffer, size_t size, size_t room);

EXPORT int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

EXPORT int __openat_2(int dir, const char *path, int flags)
{
	return openat(dir, path, flags);
}

extern __typeof__(__open_2) __open64_2 __attribute__((alias("__open_2"), visibility("default")));
extern __typeof__(__openat_2) __openat64_2 __attribute__((alias("__openat_2"), visibility("default")));

EXPORT ssize_t __readlink_chk(const char *path, char *target, size_t size, size_t room)
{
	if (size > room)
		__chk_fail();
	return readlink(path, target, size);
}

EXPORT ssize_t __readlinkat_chk(int dir, const char *path, char *target, size_t size, size_t room)
{
	if (size > room)
		__chk_fail();
	return readlinkat(dir, path, target, size);
}

EXPORT char *__realpath_chk(const char *path, char *buffer, size_t room)
{
	if (room < PATH_MAX)
		__chk_fail();
	return realpath(path, buffer);
}

EXPORT char *__getcwd_chk(char *buffer, size_t size, size_t room)
{
	if (size > room)
		__chk_fail();
	return getcwd(buffer, size);
}

int __poll_chk(struct pollfd *fds, nfds_t count, int ms, size_t room);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t room);

EXPORT int __poll_chk(struct pollfd *fds, nfds_t count, int ms, size_t room)
{
	if (room / sizeof(*fds) < count)
		__chk_fail();
	return poll(fds, count, ms);
}

EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
	if (room / sizeof(*fds) < count)
		__chk_fail();
	return ppoll(fds, count, timeout, mask);
}
