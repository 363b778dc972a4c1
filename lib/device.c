/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transport over a device of the module's. It is opened not to wait, and
 * waiting is poll's, so that a call may have a time-out.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

/* After a call in vain. 0: look again; -ETIMEDOUT, also where others are always quicker; -EINTR. */
static int wait_ready(const struct unitron *object, int64_t deadline)
{
	struct pollfd fd = { .fd = object->fd, .events = object->transport->events(object) };
	int left = deadline_left(deadline);
	int n = left == 0 ? 0 : poll(&fd, 1, left);

	return n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
}

static ssize_t device_read(struct unitron *object, void *data, size_t size, int timeout)
{
	int64_t deadline = deadline_of(timeout);
	int saved = errno;
	ssize_t n;

	for (;;) {
		n = read(object->fd, data, size);
		if (n < 0)
			n = -errno;
		if (n == -EAGAIN && timeout != 0) {
			n = wait_ready(object, deadline);
			if (n == 0)
				continue;
		}
		errno = saved;
		return n;
	}
}

static ssize_t device_write(struct unitron *object, const void *data, size_t size, int timeout)
{
	int64_t deadline = deadline_of(timeout);
	int saved = errno;
	size_t done = 0;
	ssize_t n;

	do {
		n = write(object->fd, (const char *)data + done, size - done);
		if (n < 0)
			n = -errno;
		else
			done += (size_t)n;
		if (n == -EAGAIN && timeout != 0)
			n = wait_ready(object, deadline);
	} while (n >= 0 && done < size);
	errno = saved;
	return done ? (ssize_t)done : n;
}

static int control(struct unitron *object, unsigned long request, void *argument)
{
	int saved = errno;
	int result = ioctl(object->fd, request, argument) < 0 ? -errno : 0;

	errno = saved;
	return result;
}

static int device_mask(struct unitron *object, uint32_t mask)
{
	uint64_t argument = mask;

	return control(object, UNITRON_MASK, &argument);
}

static int device_notify(struct unitron *object, const struct unitron_notify *notify)
{
	return control(object, UNITRON_NOTIFY, (void *)notify);
}

static int device_clock(struct unitron *object, struct unitron_clock *clock)
{
	return control(object, UNITRON_CLOCK, clock);
}

static short device_events(const struct unitron *object)
{
	return object->info.direction == UNITRON_READ || object->info.kind == UNITRON_RING ? POLLIN : POLLOUT;
}

static int device_ring_wait(struct unitron *object, int64_t deadline)
{
	struct pollfd fd = { .fd = object->fd, .events = POLLIN };
	int saved = errno;
	uint64_t told;
	int n = poll(&fd, 1, deadline_left(deadline));

	n = n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
	if (n == 0 && read(object->fd, &told, sizeof(told)) < 0 && errno != EAGAIN)
		n = -errno;
	errno = saved;
	return n;
}

static int device_ring_bell(struct unitron *object)
{
	return control(object, UNITRON_BELL, NULL);
}

static const struct transport device = {
	.read = device_read, .write = device_write, .mask = device_mask, .notify = device_notify, .clock = device_clock,
	.events = device_events, .ring_wait = device_ring_wait, .ring_bell = device_ring_bell,
};

/* Permissions may allow one direction only. */
static int open_any(const char *path)
{
	static const int modes[] = { O_RDWR, O_RDONLY, O_WRONLY };
	int fd = -1;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]) && fd < 0; i++) {
		fd = open(path, modes[i] | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0 && errno != EACCES)
			break;
	}
	return fd;
}

int device_open(struct unitron *object, const char *name)
{
	char path[sizeof(UNITRON_DIRECTORY) + UNITRON_NAME_SIZE];
	int error;

	snprintf(path, sizeof(path), "%s/%s", UNITRON_DIRECTORY, name);
	object->fd = open_any(path);
	if (object->fd < 0)
		return errno == ENXIO ? -ENODEV : errno == ENOTDIR ? -ENOENT : -errno;
	object->transport = &device;
	error = control(object, UNITRON_INFO, &object->info);
	if (error == -ENOTTY)
		error = -EPROTO;
	if (error == 0)
		error = info_check(&object->info);
	if (error == 0 && object->info.kind == UNITRON_RING)
		error = ring_map(object, object->fd);
	if (error != 0)
		close(object->fd);
	return error;
}
