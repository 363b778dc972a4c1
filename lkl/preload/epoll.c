// SPDX-License-Identifier: BSD-2-Clause
/*
 * epoll. An instance of the program is two: the system's at its number holds the
 * system's descriptors, the library kernel's at the same number the others. The
 * first is in the bridge (wait.c), as one descriptor that fires once and is then
 * armed again by the thread that has taken its events.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "wait.h"

#define BRIDGE_MARK	0x6c6b6c21756e6900ULL	/* data of the bridge's event in an epoll instance; its descriptor is looked up */

/* Event descriptors of epoll instances that hold descriptors of both kernels. */
struct mixed {
	int		epoll, event;
	struct mixed	*next;
};

static struct mixed *all_mixed;		/* guarded by mixed_lock */
static pthread_mutex_t mixed_lock = PTHREAD_MUTEX_INITIALIZER;

/* The event descriptor of an epoll instance that holds descriptors of both kernels; -1: it has none. */
static int event_of(int epoll)
{
	struct thread *self = this_thread();
	struct mixed *mixed;
	int event = -1;

	guard_enter(self);
	pthread_mutex_lock(&mixed_lock);
	for (mixed = all_mixed; mixed; mixed = mixed->next)
		if (mixed->epoll == epoll)
			event = mixed->event;
	pthread_mutex_unlock(&mixed_lock);
	guard_leave(self);
	return event;
}

void wait_forget_epoll(int fd)
{
	struct thread *self = this_thread();
	struct mixed **link, *mixed;

	guard_enter(self);
	pthread_mutex_lock(&mixed_lock);
	for (link = &all_mixed; (mixed = *link); link = &mixed->next) {
		if (mixed->epoll != fd)
			continue;
		*link = mixed->next;
		CALL(SYS_close, mixed->event);
		__atomic_store_n(&fd_owner[mixed->event], 0, __ATOMIC_RELAXED);
		syscall(SYS_close, mixed->event);
		free(mixed);
		break;
	}
	pthread_mutex_unlock(&mixed_lock);
	guard_leave(self);
}

/* Joins the halves of an epoll instance. 0 or -errno. */
static long join_halves(int epoll)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = BRIDGE_MARK };
	struct thread *self = this_thread();
	struct mixed *mixed;
	long error;

	guard_enter(self);
	pthread_mutex_lock(&mixed_lock);
	mixed = malloc(sizeof(*mixed));
	error = mixed ? 0 : -ENOMEM;
	if (fd_owner[epoll] & FD_MIXED || error)
		goto free_mixed;
	error = mixed->event = wait_make_event();
	if (error < 0)
		goto free_mixed;
	error = CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, mixed->event, &event);
	if (!error)
		error = wait_arm(EPOLL_CTL_ADD, epoll, mixed->event);
	if (error)
		goto free_mixed;
	mixed->epoll = epoll;
	mixed->next = all_mixed;
	all_mixed = mixed;
	fd_mark_mixed(epoll);
	mixed = NULL;
free_mixed:
	free(mixed);
	pthread_mutex_unlock(&mixed_lock);
	guard_leave(self);
	return error;
}

EXPORT int epoll_create1(int flags)
{
	int fd = NEXT(epoll_create1)(flags), error;

	/* Before the start it gets the other half when it is given a descriptor of the library kernel. */
	if (fd < 0 || !library_runs())
		return fd;
	error = fd_make_epoll(fd);
	if (error && error != -EAGAIN) {
		NEXT(close)(fd);
		return as_result(error);
	}
	return fd;
}

EXPORT int epoll_create(int size)
{
	if (size <= 0) {
		errno = EINVAL;
		return -1;
	}
	return epoll_create1(0);
}

EXPORT int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	long error = 0;

	if (!library_runs() || fd_is_hidden(epoll) || fd_is_hidden(fd))
		return NEXT(epoll_ctl)(fd_is_hidden(epoll) ? -1 : epoll, operation, fd_is_hidden(fd) ? -1 : fd, event);
	if (!fd_is_library(fd)) {
		int result;

		if (fd_is_library(epoll) && !(fd_owner[epoll] & FD_EPOLL))
			return as_result(-EINVAL);
		result = NEXT(epoll_ctl)(epoll, operation, fd, event);

		if (!result && operation == EPOLL_CTL_ADD && fd_is_library(epoll) && !(fd_owner[epoll] & FD_MIXED))
			error = join_halves(epoll);
		return error ? (int)as_result(error) : result;
	}
	if (!fd_is_library(epoll)) {
		do {
			error = wait_check_epoll(epoll) ?: fd_make_epoll(epoll);
		} while (error == -EAGAIN);
		/* It was there before the start and may hold descriptors. */
		if (!error)
			error = join_halves(epoll);
	}
	return as_result(error ? error : CALL(SYS_epoll_ctl, epoll, operation, fd, event));
}

struct epoll_arguments {
	int			epoll, room;
	struct epoll_event	*events;
	long long		deadline;
};

/* Takes the bridge's event out of these, and lets it come again. How many remain. */
static int without_mark(int epoll, struct epoll_event *events, int count)
{
	int event_fd;

	for (int i = 0; i < count; i++) {
		if (events[i].data.u64 != BRIDGE_MARK)
			continue;
		events[i] = events[--count];
		event_fd = event_of(epoll);
		wait_drain(event_fd);
		wait_arm(EPOLL_CTL_MOD, epoll, event_fd);
		break;
	}
	return count;
}

/* What the system's half has, without waiting. Room for one event is given to the halves by turns. */
static int take_others(struct epoll_arguments *a)
{
	static int turn;
	int got;

	if (a->room == 1 && __atomic_fetch_xor(&turn, 1, __ATOMIC_RELAXED))
		return 0;
	got = syscall(SYS_epoll_wait, a->epoll, a->events, a->room - a->room / 2, 0);
	return got > 0 ? got : 0;
}

static int epoll_call(void *argument)
{
	struct epoll_arguments *a = argument;
	struct timespec rest, none = { 0 };
	int mixed, others = 0;
	long got;

	for (;;) {
		mixed = fd_owner[a->epoll] & FD_MIXED;
		others = mixed && a->room > 0 ? take_others(a) : 0;
		if (others && others == a->room)
			return others;
		got = WAIT(SYS_epoll_pwait2, a->epoll, a->events + others, a->room - others, others ? &none : wait_remaining(a->deadline, &rest));
		if (!mixed && got != -ERESTART)
			return got;
		if (others)
			return others + (got > 0 ? without_mark(a->epoll, a->events + others, got) : 0);
		if (got <= 0 && got != -ERESTART)
			return got;
		got = got > 0 ? without_mark(a->epoll, a->events, got) : 0;
		if (got)
			return got;
	}
}

int wait_epoll(int epoll, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask)
{
	struct epoll_arguments a = { .epoll = epoll, .room = room, .events = events, .deadline = wait_deadline(timeout) };

	return as_result(wait_is_time(timeout) ? wait_masked(mask, epoll_call, &a) : -EINVAL);
}

EXPORT int epoll_pwait(int epoll, struct epoll_event *events, int room, int ms, const sigset_t *mask)
{
	struct timespec timeout;

	if (!fd_is_library(epoll))
		return NEXT(epoll_pwait)(epoll, events, room, ms, mask);
	return wait_epoll(epoll, events, room, wait_from_ms(ms, &timeout), mask);
}

EXPORT int epoll_wait(int epoll, struct epoll_event *events, int room, int ms)
{
	if (!fd_is_library(epoll))
		return NEXT(epoll_wait)(epoll, events, room, ms);
	return epoll_pwait(epoll, events, room, ms, NULL);
}
