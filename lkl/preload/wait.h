/* SPDX-License-Identifier: BSD-2-Clause */
/* What waiting calls share: times, signal masks, the bridge between the kernels. See wait.c. */
#ifndef LKL_PRELOAD_WAIT_H
#define LKL_PRELOAD_WAIT_H

#include <signal.h>
#include <time.h>

#include "preload.h"

/* When a time from now is over, in ns; NULL: never. */
long long wait_deadline(const struct timespec *timeout);
/* Whether it is a time that kernels take. NULL is one. */
int wait_is_time(const struct timespec *timeout);
/* What remains until then, as calls want it, in *rest; NULL: for ever. */
struct timespec *wait_remaining(long long deadline, struct timespec *rest);
/* Milliseconds as poll() has them, in *timeout; NULL: for ever. */
struct timespec *wait_from_ms(int ms, struct timespec *timeout);

/*
 * Waits by the function, with another signal mask if there is one: what arrives
 * meanwhile ends the wait, and its handler runs under that mask.
 */
int wait_masked(const sigset_t *mask, int (*wait)(void *argument), void *argument);

/* A hidden event descriptor of the library kernel, or -errno; and reading it. */
long wait_make_event(void);
void wait_drain(int event_fd);

/* epoll_pwait2() on an instance that has a half in the library kernel. */
struct epoll_event;
int wait_epoll(int epoll, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask);

/* 0 if that descriptor of the system's is an epoll instance, otherwise what epoll_ctl() gives on it: -errno. */
long wait_check_epoll(int fd);

/*
 * Has the helper write to the event descriptor once, when `watched`, an epoll
 * instance of the system's, has events. The operation is EPOLL_CTL_ADD the first
 * time, then EPOLL_CTL_MOD. 0 or -errno.
 */
long wait_arm(int operation, int watched, int event_fd);

#endif
