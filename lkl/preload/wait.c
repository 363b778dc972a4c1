// SPDX-License-Identifier: BSD-2-Clause
/*
 * Waiting for descriptors of both kernels at once. If all are one kernel's, the
 * call goes there as it is. Otherwise the thread waits in the library kernel, and
 * what is the system's is watched by the helper, a thread that waits in one epoll
 * instance ("the bridge") and turns what becomes ready into an event descriptor
 * of the library kernel, on which the thread waits too.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "wait.h"

#define FOREVER		(-1LL)

static int bridge = -1, wake_fd = -1;

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

long long wait_deadline(const struct timespec *timeout)
{
	/* What is longer than thirty years would overflow. */
	if (!timeout || timeout->tv_sec > 1000000000)
		return FOREVER;
	return now_ns() + timeout->tv_sec * 1000000000LL + timeout->tv_nsec;
}

int wait_is_time(const struct timespec *timeout)
{
	return !timeout || (timeout->tv_sec >= 0 && timeout->tv_nsec >= 0 && timeout->tv_nsec < 1000000000);
}

struct timespec *wait_remaining(long long deadline, struct timespec *rest)
{
	long long ns;

	if (deadline == FOREVER)
		return NULL;
	ns = deadline - now_ns();
	if (ns < 0)
		ns = 0;
	*rest = (struct timespec){ ns / 1000000000, ns % 1000000000 };
	return rest;
}

struct timespec *wait_from_ms(int ms, struct timespec *timeout)
{
	if (ms < 0)
		return NULL;
	*timeout = (struct timespec){ ms / 1000, ms % 1000 * 1000000L };
	return timeout;
}

/* The helper. Its own signals are blocked. */
static void *help(void *unused)
{
	struct epoll_event events[16];
	uint64_t value;
	int count;

	for (;;) {
		count = syscall(SYS_epoll_wait, bridge, events, 16, -1);
		for (int i = 0; i < count; i++) {
			value = 1;
			if (events[i].data.fd == wake_fd) {
				if (syscall(SYS_read, wake_fd, &value, sizeof(value)) > 0)
					signals_interrupt();
			} else {
				lkl_sys_write(events[i].data.u64 >> 32, &value, sizeof(value));
			}
		}
	}
	return unused;
}

void wait_wake_helper(void)
{
	uint64_t one = 1;
	int saved = errno;

	if (syscall(SYS_write, wake_fd, &one, sizeof(one)) < 0)
		errno = saved;		/* as good as full */
	errno = saved;
}

void wait_start(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	pthread_t thread;
	sigset_t all, old;

	wake_fd = fd_hide(syscall(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK));
	bridge = fd_hide(syscall(SYS_epoll_create1, EPOLL_CLOEXEC));
	event.data.fd = wake_fd;
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (wake_fd < 0 || bridge < 0 || syscall(SYS_epoll_ctl, bridge, EPOLL_CTL_ADD, wake_fd, &event) ||
	    pthread_create(&thread, NULL, help, NULL)) {
		complain("a thread or descriptors for waiting can't be made: %s", strerror(errno));
		syscall(SYS_exit_group, 125);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_detach(thread);
}

long wait_arm(int operation, int watched, int event_fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };

	event.data.u64 = (uint64_t)event_fd << 32 | (unsigned int)watched;
	return syscall(SYS_epoll_ctl, bridge, operation, watched, &event) ? -errno : 0;
}

long wait_check_epoll(int fd)
{
	struct epoll_event event = { 0 };

	/* It does not hold that one, and says so. */
	return syscall(SYS_epoll_ctl, fd, EPOLL_CTL_DEL, wake_fd, &event) && errno != ENOENT ? -errno : 0;
}

long wait_make_event(void)
{
	return fd_adopt_hidden(CALL(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK));
}

void wait_drain(int event_fd)
{
	uint64_t value;

	CALL(SYS_read, event_fd, &value, sizeof(value));
}

/* poll() */

static int count_libraries(const struct pollfd *fds, nfds_t count, nfds_t *others)
{
	int libraries = 0;

	*others = 0;
	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].fd < 0)
			continue;
		if (fd_is_library(fds[i].fd))
			libraries++;
		else
			++*others;
	}
	return libraries;
}

/* Asks both kernels without waiting, each for its own; sets the results. How many there are, or -errno. */
static int ask_both(struct pollfd *fds, nfds_t count, struct pollfd *inside, struct pollfd *outside)
{
	struct timespec none = { 0 };
	int got, ready = 0;

	got = CALL(SYS_ppoll, inside, count, &none);
	if (got < 0 || syscall(SYS_ppoll, outside, count, &none, NULL, 0) < 0)
		return got < 0 ? got : -errno;
	for (nfds_t i = 0; i < count; i++) {
		fds[i].revents = inside[i].fd >= 0 ? inside[i].revents : outside[i].fd >= 0 ? outside[i].revents : 0;
		ready += fds[i].revents != 0;
	}
	return ready;
}

/* An epoll instance with the system's descriptors of a set. Those it refuses, files, are always ready and were seen so. */
static int watch_all(const struct pollfd *outside, nfds_t count)
{
	struct epoll_event event;
	int watch = fd_hide(syscall(SYS_epoll_create1, EPOLL_CLOEXEC));

	for (nfds_t i = 0; watch >= 0 && i < count; i++) {
		if (outside[i].fd < 0)
			continue;
		event.events = outside[i].events;
		for (nfds_t j = 0; j < i; j++)
			event.events |= outside[j].fd == outside[i].fd ? outside[j].events : 0;
		if (syscall(SYS_epoll_ctl, watch, EPOLL_CTL_ADD, outside[i].fd, &event))
			syscall(SYS_epoll_ctl, watch, EPOLL_CTL_MOD, outside[i].fd, &event);
	}
	return watch;
}

/* inside has a place more, for the event descriptor. The set is of both kernels, and nothing was ready. */
static int wait_both(struct pollfd *fds, nfds_t count, struct pollfd *inside, struct pollfd *outside, long long deadline)
{
	struct thread *self = this_thread();
	int watch, ready = 0;
	struct timespec rest;
	long got = 0;

	if (self->event < 0)
		self->event = wait_make_event();
	if (self->event < 0)
		return self->event;
	watch = watch_all(outside, count);
	if (watch < 0 || wait_arm(EPOLL_CTL_ADD, watch, self->event))
		got = -ENOMEM;
	inside[count] = (struct pollfd){ .fd = self->event, .events = POLLIN };
	while (got >= 0 && !ready) {
		got = WAIT(SYS_ppoll, inside, count + 1, wait_remaining(deadline, &rest));
		if (got < 0 && got != -ERESTART)
			break;
		wait_drain(self->event);
		ready = ask_both(fds, count, inside, outside);
		if (!got || ready)
			break;
		got = wait_arm(EPOLL_CTL_MOD, watch, self->event);
	}
	if (watch >= 0) {
		syscall(SYS_close, watch);
		__atomic_store_n(&fd_owner[watch], 0, __ATOMIC_RELAXED);
	}
	return got < 0 ? got : ready;
}

static int poll_mixed(struct pollfd *fds, nfds_t count, long long deadline)
{
	struct pollfd *inside = calloc(2 * count + 1, sizeof(*inside)), *outside = inside + count + 1;
	int ready;

	if (!inside)
		return -ENOMEM;
	for (nfds_t i = 0; i < count; i++) {
		inside[i] = outside[i] = fds[i];
		if (fd_is_library(fds[i].fd))
			outside[i].fd = -1;
		else
			inside[i].fd = -1;
	}
	ready = ask_both(fds, count, inside, outside);
	if (!ready && (deadline == FOREVER || deadline > now_ns()))
		ready = wait_both(fds, count, inside, outside, deadline);
	free(inside);
	return ready;
}

static int poll_until(struct pollfd *fds, nfds_t count, nfds_t others, long long deadline)
{
	struct timespec rest;
	long got;

	if (others)
		return poll_mixed(fds, count, deadline);
	do {
		got = WAIT(SYS_ppoll, fds, count, wait_remaining(deadline, &rest));
	} while (got == -ERESTART);
	return got;
}

int wait_masked(const sigset_t *mask, int (*wait)(void *argument), void *argument)
{
	struct thread *self = this_thread();
	sigset_t old;
	int result;

	if (!mask)
		return wait(argument);
	guard_enter(self);
	pthread_sigmask(SIG_SETMASK, mask, &old);
	result = self->noted ? -EINTR : wait(argument);
	guard_leave(self);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return result;
}

struct poll_arguments {
	struct pollfd	*fds;
	nfds_t		count, others;
	long long	deadline;
};

static int poll_call(void *argument)
{
	struct poll_arguments *a = argument;

	return poll_until(a->fds, a->count, a->others, a->deadline);
}

EXPORT int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	struct poll_arguments a = { .fds = fds, .count = count };

	if (!library_runs() || !count_libraries(fds, count, &a.others))
		return NEXT(ppoll)(fds, count, timeout, mask);
	if (!wait_is_time(timeout))
		return as_result(-EINVAL);
	a.deadline = wait_deadline(timeout);
	return as_result(wait_masked(mask, poll_call, &a));
}

EXPORT int poll(struct pollfd *fds, nfds_t count, int ms)
{
	struct timespec timeout;

	if (!library_runs())
		return NEXT(poll)(fds, count, ms);
	return ppoll(fds, count, wait_from_ms(ms, &timeout), NULL);
}

/* select(), by poll() if the set is of both kernels */

struct select_arguments {
	int		count;
	fd_set		*sets[3];
	long long	deadline;
	int		mixed;
};

static const short poll_events[3] = { POLLIN, POLLOUT, POLLPRI };
static const short select_events[3] = { POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI };

static int in_set(const fd_set *set, int fd)
{
	return set && FD_ISSET(fd, set);
}

/* Which kernels' descriptors the sets hold: bit 0 the system's, bit 1 the library's. */
static int whose(struct select_arguments *a)
{
	int owners = 0;

	for (int fd = 0; fd < a->count; fd++)
		if (in_set(a->sets[0], fd) || in_set(a->sets[1], fd) || in_set(a->sets[2], fd))
			owners |= 1 << fd_is_library(fd);
	return owners;
}

static int select_mixed(struct select_arguments *a)
{
	struct pollfd *fds = calloc(a->count, sizeof(*fds));
	int used = 0, ready, bits = 0;

	if (!fds)
		return -ENOMEM;
	for (int fd = 0; fd < a->count; fd++) {
		fds[used] = (struct pollfd){ .fd = fd };
		for (int i = 0; i < 3; i++)
			fds[used].events |= in_set(a->sets[i], fd) ? poll_events[i] : 0;
		used += fds[used].events != 0;
	}
	ready = poll_mixed(fds, used, a->deadline);
	for (int at = 0; ready >= 0 && at < used; at++) {
		if (fds[at].revents & POLLNVAL) {
			ready = -EBADF;
			break;
		}
		for (int i = 0; i < 3; i++) {
			if (!in_set(a->sets[i], fds[at].fd))
				continue;
			if (fds[at].revents & select_events[i])
				bits++;
			else
				FD_CLR(fds[at].fd, a->sets[i]);
		}
	}
	free(fds);
	return ready < 0 ? ready : bits;
}

static int select_call(void *argument)
{
	struct select_arguments *a = argument;
	struct timespec rest;
	long got;

	if (a->mixed)
		return select_mixed(a);
	do {
		got = WAIT(SYS_pselect6, a->count, a->sets[0], a->sets[1], a->sets[2], wait_remaining(a->deadline, &rest));
	} while (got == -ERESTART);
	return got;
}

EXPORT int pselect(int count, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout, const sigset_t *mask)
{
	struct select_arguments a = { .count = count, .sets = { in, out, except } };
	int owners = library_runs() ? whose(&a) : 1;

	if (!(owners & 2))
		return NEXT(pselect)(count, in, out, except, timeout, mask);
	if (!wait_is_time(timeout))
		return as_result(-EINVAL);
	a.mixed = owners & 1;
	a.deadline = wait_deadline(timeout);
	return as_result(wait_masked(mask, select_call, &a));
}

EXPORT int select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
	struct select_arguments a = { .count = count, .sets = { in, out, except } };
	int owners = library_runs() ? whose(&a) : 1, got;
	struct timespec rest;

	if (!(owners & 2))
		return NEXT(select)(count, in, out, except, timeout);
	if (timeout)
		rest = (struct timespec){ timeout->tv_sec + timeout->tv_usec / 1000000, timeout->tv_usec % 1000000 * 1000 };
	if (timeout && (timeout->tv_usec < 0 || !wait_is_time(&rest)))
		return as_result(-EINVAL);
	a.mixed = owners & 1;
	a.deadline = wait_deadline(timeout ? &rest : NULL);
	got = select_call(&a);
	if (timeout) {
		wait_remaining(a.deadline, &rest);
		*timeout = (struct timeval){ rest.tv_sec, rest.tv_nsec / 1000 };
	}
	return as_result(got);
}
