/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the sources of libunitron. An open object has a transport: a device
 * of the module's, or a socket of the posix port's. Each moves data the way
 * read(2) and write(2) of the device do, and waits by itself.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>

#include <exchange/ring.h>

#include "unitron.h"

struct transport {
	/*
	 * Bytes, or -errno. Waits at most timeout ms: to read, until there is
	 * something; to write, until all has gone, or, with an error, some.
	 */
	ssize_t	(*read)(struct unitron *object, void *data, size_t size, int timeout);
	ssize_t	(*write)(struct unitron *object, const void *data, size_t size, int timeout);
	int	(*mask)(struct unitron *object, uint32_t mask);
	int	(*notify)(struct unitron *object, const struct unitron_notify *notify);
	int	(*clock)(struct unitron *object, struct unitron_clock *clock);
	short	(*events)(const struct unitron *object);
	/* Ring: wait until this side's wish is fulfilled, perhaps shorter; wake the other side. */
	int	(*ring_wait)(struct unitron *object, int64_t deadline);
	int	(*ring_bell)(struct unitron *object);
};

struct unitron {
	const struct transport *transport;
	int	fd;
	uint32_t mask;			/* event flag: what the other side waits for */
	int	descriptor;		/* that came with the last reply, or -1 */
	struct ring_end end;		/* ring: this side's */
	struct unitron_info info;
};

/* Open it one way: 0, -ENOENT: not there, other errors. Fills in fd, transport, info. */
int	device_open(struct unitron *object, const char *name);
int	socket_open(struct unitron *object, const char *name);

/* -EPROTO unless it is one of ours. */
int	info_check(const struct unitron_info *info);

/* Ring: map this descriptor, at its beginning, and begin. 0 or -errno. */
int	ring_map(struct unitron *object, int descriptor);
void	ring_unmap(struct unitron *object);

/* -EBADF unless the object is of that kind and direction. */
static inline int object_check(const struct unitron *object, enum unitron_kind kind, enum unitron_direction direction)
{
	return object->info.kind == (uint32_t)kind && object->info.direction == (uint32_t)direction ? 0 : -EBADF;
}

/* The end of a wait, on CLOCK_MONOTONIC in ms, or -1; what is left of it at now, for poll. */
int64_t	deadline_of(int timeout);
int	deadline_left(int64_t deadline);
