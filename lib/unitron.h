/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libunitron: a Linux process and the real-time tasks of a uITRON application.
 * Build with `pkg-config --cflags --libs libunitron`. Each call has a manual
 * page; libunitron(3) is about waiting, signals and threads.
 *
 * No call sets errno: what fails returns -errno. A time-out is in milliseconds:
 * 0 does not wait (-EAGAIN), UNITRON_FOREVER has no end. A call that waits ends with
 * -EINTR when a signal was handled, with -ENODEV when the application has gone; a
 * call of another kind or direction than the object's gives -EBADF.
 *
 * One thread at a time uses an open object; threads open it several times.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>
#include <unitron/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UNITRON_FOREVER	(-1)

struct unitron;		/* an open object */

/*
 * Open the object of that name: the device /dev/unitron/NAME, else the socket of an
 * application that the posix port runs. May block shortly.
 * 0; -ENOENT: there is none of that name; -EACCES; -EBUSY: a ring that another
 * process has open; -ENODEV: what was its
 * application has ended; -EPROTO: it is of another version; -EINVAL: not a name;
 * -ENOMEM, -EMFILE, -ENFILE.
 */
int	unitron_open(struct unitron **object, const char *name);
/* NULL: nothing happens. */
void	unitron_close(struct unitron *object);

/* What the object is like: valid until it is closed. Asks nobody. */
const struct unitron_info *unitron_info(const struct unitron *object);

/*
 * The descriptor to poll, and for which events: POLLIN or POLLOUT. When one of
 * them comes the object may be ready; call it with time-out 0, until it says
 * -EAGAIN. The descriptor is for poll, select and epoll only.
 */
int	unitron_fd(const struct unitron *object);
short	unitron_events(const struct unitron *object);

/*
 * Data queue: send (TA_WRITE) or receive (TA_READ) up to count data. With time-out
 * 0, as many as go at once; receiving waits for one, sending for room for all.
 * How many went, 1 at least (0 if count is 0); -EAGAIN, -ETIMEDOUT, -EINTR,
 * -ENODEV: none did; -EBADF.
 */
ssize_t	unitron_dtq_send(struct unitron *object, const int64_t *data, size_t count, int timeout);
ssize_t	unitron_dtq_receive(struct unitron *object, int64_t *data, size_t count, int timeout);

/*
 * Mailbox: one message of 1 to unitron_info()->unit bytes. Sending: 0; receiving:
 * its bytes. -EMSGSIZE: longer than the maximum, or than the buffer: it is not
 * lost; -EINVAL: no byte; -EAGAIN, -ETIMEDOUT, -EINTR, -ENODEV, -EBADF.
 */
int	unitron_mbx_send(struct unitron *object, const void *message, size_t size, int timeout);
ssize_t	unitron_mbx_receive(struct unitron *object, void *message, size_t size, int timeout);

/* Event flag: set bits. Never waits. 0; -ENODEV, -EBADF. */
int	unitron_flg_set(struct unitron *object, uint32_t bits);
/*
 * Wait until some bit of mask is set; *pattern is the whole pattern, which a flag
 * with TA_CLR then clears. 0; -EINVAL: no bits; -EAGAIN, -ETIMEDOUT, -EINTR, -ENODEV, -EBADF.
 */
int	unitron_flg_wait(struct unitron *object, uint32_t mask, uint32_t *pattern, int timeout);

/*
 * Semaphore: give count signals at once. 0; -EINVAL: none, or more than the
 * maximum; -EAGAIN, -ETIMEDOUT: they do not fit; -EINTR, -ENODEV, -EBADF.
 */
int	unitron_sem_signal(struct unitron *object, uint32_t count, int timeout);
/* Take one. 0; -EAGAIN, -ETIMEDOUT, -EINTR, -ENODEV, -EBADF. */
int	unitron_sem_wait(struct unitron *object, int timeout);

/*
 * Ring, which one process has open at a time (unitron_open: -EBUSY): put (TA_WRITE)
 * or get (TA_READ) up to count messages of unitron_info()->unit bytes, in memory
 * aligned to 8. Without a system call, unless the other side sleeps or this one has
 * to. Getting waits for one message, putting for room for all. After -EAGAIN
 * the descriptor tells when to try again.
 * How many went, 1 at least (0 if count is 0); -EAGAIN, -ETIMEDOUT, -EINTR,
 * -ENODEV: none did; -EIO: what stands in the ring cannot be; -EBADF.
 */
ssize_t	unitron_ring_put(struct unitron *object, const void *messages, size_t count, int timeout);
ssize_t	unitron_ring_get(struct unitron *object, void *messages, size_t count, int timeout);

/*
 * Have this process told when the object becomes ready, once until the next
 * sending or receiving: by adding 1 to an eventfd, of which the caller may close his
 * descriptor; or by a queued signal with si_code SI_QUEUE and this si_int. Each
 * call replaces what was set before. The process is the one that opened the object.
 * 0; -EINVAL: no eventfd, no such signal; -ENODEV.
 */
int	unitron_notify_eventfd(struct unitron *object, int eventfd);
int	unitron_notify_signal(struct unitron *object, int signal, int value);
int	unitron_notify_none(struct unitron *object);

/* One instant on the real-time side's clock and on CLOCK_MONOTONIC. 0; -ENODEV. */
int	unitron_clock(struct unitron *object, struct unitron_clock *clock);

#ifdef __cplusplus
}
#endif
