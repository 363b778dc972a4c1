// SPDX-License-Identifier: BSD-2-Clause
/*
 * Who owns a number. A descriptor has the same number in the library kernel as
 * in the program, and in the system's kernel that number is reserved meanwhile,
 * by an O_PATH descriptor, on which every call that slips through fails with
 * EBADF. So numbers never clash, the lowest free one is given as programs expect,
 * and arrays of numbers (select(), poll(), SCM_RIGHTS) need no translation.
 *
 * A descriptor that the library kernel has just made is "in transit" until
 * place() has moved it to a number that is free in both. Numbers in transit are
 * never overwritten: moving is done by F_DUPFD, which takes only free ones.
 * fd_lock guards the changes of fd_owner[]; it is read without.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "preload.h"

#define TRANSITS	64	/* numbers in transit at once that a move may meet */

unsigned char fd_owner[FD_COUNT];

static pthread_mutex_t fd_lock = PTHREAD_MUTEX_INITIALIZER;
static int reserve = -1;	/* the O_PATH descriptor */
static int highest;		/* number with an owner */

static long native(long number, long a, long b, long c)
{
	long result = syscall(number, a, b, c);

	return result < 0 ? -errno : result;
}

static void lock(struct thread *self)
{
	guard_enter(self);
	pthread_mutex_lock(&fd_lock);
}

static void unlock(struct thread *self)
{
	pthread_mutex_unlock(&fd_lock);
	guard_leave(self);
}

static void set_owner(int fd, int owner)
{
	if (fd > highest)
		highest = fd;
	__atomic_store_n(&fd_owner[fd], owner, __ATOMIC_SEQ_CST);
}

static int reserving_fd(void)
{
	int fd;

	if (reserve >= 0)
		return reserve;
	fd = native(SYS_open, (long)"/", O_PATH | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	reserve = native(SYS_fcntl, fd, F_DUPFD_CLOEXEC, FD_INTERNAL);
	if (reserve < 0)
		return reserve = fd;	/* a low limit of descriptors */
	native(SYS_close, fd, 0, 0);
	set_owner(reserve, FD_HIDDEN);
	return reserve;
}

/* A second descriptor for the library kernel's fd, from number min on, that dups `half` in the system's. With the lock. */
static int place(int fd, int half, int min, int cloexec)
{
	int skipped[TRANSITS], count = 0, number, got = -EMFILE;

	while (count < TRANSITS) {
		number = native(SYS_fcntl, half, F_DUPFD_CLOEXEC, min);
		if (number < 0) {
			got = number;
			break;
		}
		got = CALL(SYS_fcntl, fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, number);
		if (got == number)
			break;
		if (got >= 0)
			CALL(SYS_close, got);
		skipped[count++] = number;
		if (got < 0)
			break;
		min = number + 1;
		got = -EMFILE;
	}
	while (count)
		native(SYS_close, skipped[--count], 0, 0);
	return got;
}

static int adopt(long fd, int cloexec, int min, int owner)
{
	struct thread *self = this_thread();
	int number, half;

	if (fd < 0)
		return fd;
	lock(self);
	half = reserving_fd();
	number = half < 0 ? half : place(fd, half, min, cloexec);
	CALL(SYS_close, fd);
	if (number >= 0)
		set_owner(number, owner);
	unlock(self);
	return number;
}

int fd_adopt(long fd, int cloexec)
{
	return adopt(fd, cloexec, 0, FD_LIBRARY);
}

int fd_adopt_hidden(long fd)
{
	return adopt(fd, 1, FD_INTERNAL, FD_HIDDEN);
}

int fd_hide(int fd)
{
	int number;

	if (fd < 0)
		return fd;
	number = native(SYS_fcntl, fd, F_DUPFD_CLOEXEC, FD_INTERNAL);
	if (number >= 0)
		native(SYS_close, fd, 0, 0);
	else
		number = fd;
	set_owner(number, FD_HIDDEN);
	return number;
}

/* The library kernel's half comes into being for an epoll instance of the system's. 0 or -errno. */
int fd_make_epoll(int fd)
{
	struct thread *self = this_thread();
	long made, moved, error = 0;

	lock(self);
	if (fd_owner[fd])
		goto unlock;
	made = CALL(SYS_epoll_create1, EPOLL_CLOEXEC);
	moved = made < 0 ? made : made == fd ? fd : CALL(SYS_fcntl, made, F_DUPFD_CLOEXEC, fd);
	if (made >= 0 && made != fd)
		CALL(SYS_close, made);
	if (moved != fd) {
		/* Another thread's descriptor in transit has that number: it will be gone at the next try. */
		if (moved >= 0)
			CALL(SYS_close, moved);
		error = moved < 0 ? moved : -EAGAIN;
	} else {
		set_owner(fd, FD_LIBRARY | FD_EPOLL);
	}
unlock:
	unlock(self);
	return error;
}

void fd_mark_mixed(int fd)
{
	struct thread *self = this_thread();

	lock(self);
	if (fd_owner[fd] & FD_EPOLL)
		set_owner(fd, fd_owner[fd] | FD_MIXED);
	unlock(self);
}

static int take_away(struct thread *self, int fd)
{
	int owner;

	lock(self);
	owner = fd_owner[fd];
	/* Until the library kernel has closed it the number stays taken. */
	if (owner & FD_LIBRARY)
		set_owner(fd, FD_HIDDEN);
	unlock(self);
	return owner & FD_LIBRARY ? owner : 0;
}

int fd_close(int fd)
{
	struct thread *self = this_thread();
	int owner = take_away(self, fd);
	long error;

	if (!owner)
		return -EBADF;
	if (owner & FD_EPOLL)
		wait_forget_epoll(fd);
	error = CALL(SYS_close, fd);
	set_owner(fd, 0);
	native(SYS_close, fd, 0, 0);
	return error;
}

void fd_close_all(void)
{
	for (int fd = 0; fd <= highest; fd++)
		if (fd_is_library(fd))
			lkl_sys_close(fd);
}

EXPORT int close(int fd)
{
	if (fd_is_hidden(fd)) {
		errno = EBADF;
		return -1;
	}
	return fd_is_library(fd) ? (int)as_result(fd_close(fd)) : NEXT(close)(fd);
}

/* A number that the library kernel uses and the program does not: wait until it is gone. With the lock. */
static void wait_for_transit(int fd)
{
	while (fd > 2 && !(fd_owner[fd] & FD_LIBRARY) && CALL(SYS_fcntl, fd, F_GETFD) >= 0) {
		pthread_mutex_unlock(&fd_lock);
		sched_yield();
		pthread_mutex_lock(&fd_lock);
	}
}

static int dup_to(int from, int to, int flags)
{
	struct thread *self = this_thread();
	int library = fd_is_library(from), was, result;

	/* Before the system's kernel has replaced its half. */
	if (flags & ~O_CLOEXEC)
		return -EINVAL;
	if ((unsigned int)to >= FD_COUNT || fd_is_hidden(from) || fd_is_hidden(to))
		return -EBADF;
	/* Two numbers of it would have to share what the bridge knows by number. */
	if (library && fd_owner[from] & FD_MIXED)
		return -EINVAL;
	lock(self);
	if (library)
		wait_for_transit(to);
	was = fd_owner[to];
	result = native(SYS_dup3, from, to, library ? O_CLOEXEC : flags);
	if (result >= 0 && library) {
		result = CALL(SYS_dup3, from, to, flags);
		set_owner(to, fd_owner[from]);
	} else if (result >= 0) {
		set_owner(to, 0);
	}
	unlock(self);
	if (result >= 0 && was & FD_EPOLL)
		wait_forget_epoll(to);
	if (result >= 0 && !library && was & FD_LIBRARY)
		CALL(SYS_close, to);
	return result;
}

static int dup_from(int fd, int min, int cloexec)
{
	struct thread *self = this_thread();
	int number;

	if (fd_owner[fd] & FD_MIXED)
		return -EINVAL;
	lock(self);
	number = place(fd, fd, min, cloexec);
	if (number >= 0)
		set_owner(number, fd_owner[fd]);
	unlock(self);
	return number;
}

EXPORT int dup(int fd)
{
	return fd_is_library(fd) ? (int)as_result(dup_from(fd, 0, 0)) : NEXT(dup)(fd);
}

EXPORT int dup2(int from, int to)
{
	if (from == to)
		return fcntl(from, F_GETFD) < 0 ? -1 : to;
	if (!library_runs())
		return NEXT(dup2)(from, to);
	return as_result(dup_to(from, to, 0));
}

EXPORT int dup3(int from, int to, int flags)
{
	if (!library_runs() || from == to)
		return NEXT(dup3)(from, to, flags);
	return as_result(dup_to(from, to, flags));
}

EXPORT int fcntl(int fd, int command, ...)
{
	va_list arguments;
	long argument;

	va_start(arguments, command);
	argument = va_arg(arguments, long);
	va_end(arguments);
	if (!fd_is_library(fd))
		return NEXT(fcntl)(fd, command, argument);
	if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
		return as_result(dup_from(fd, argument, command == F_DUPFD_CLOEXEC));
	return as_result(CALL(SYS_fcntl, fd, command, argument));
}

ALIAS(fcntl64, fcntl);

int fd_close_range(unsigned int first, unsigned int last, int flags)
{
	unsigned int from = first, fd;

	if (!library_runs())
		return syscall(SYS_close_range, first, last, flags);
	if (first > last || flags & ~(CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE)) {
		errno = EINVAL;
		return -1;
	}
	/* What lies between the numbers with an owner is the system's. */
	for (fd = first; fd <= last && fd <= (unsigned int)highest; fd++) {
		if (!fd_owner[fd])
			continue;
		if (fd > from && syscall(SYS_close_range, from, fd - 1, flags))
			return -1;
		from = fd + 1;
		if (fd_is_library(fd) && flags & CLOSE_RANGE_CLOEXEC)
			CALL(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
		else if (fd_is_library(fd))
			fd_close(fd);
	}
	return from <= last ? syscall(SYS_close_range, from, last, flags) : 0;
}
