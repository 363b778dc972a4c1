/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings: the process's end of one, in memory that the application has too.
 */
#include <sys/mman.h>

#include "internal.h"

int ring_map(struct unitron *object, int descriptor)
{
	const struct unitron_info *info = &object->info;
	bool producer = info->direction == UNITRON_WRITE;
	struct unitron_ring *ring;

	if (!ring_sizes_valid(info->count, info->unit) || info->mapped < RING_BYTES(info->count, info->unit))
		return -EPROTO;
	ring = mmap(NULL, info->mapped, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	if (ring == MAP_FAILED)
		return -errno;
	ring_attach(&object->end, ring, info->count, info->unit);
	/* Where the process before has left off. */
	ring_resume(&object->end, __atomic_load_n(producer ? &ring->head : &ring->tail, __ATOMIC_ACQUIRE), producer);
	return 0;
}

void ring_unmap(struct unitron *object)
{
	if (object->end.ring)
		munmap(object->end.ring, object->info.mapped);
}

/* What tells of earlier wishes says nothing of the one to come. */
static int forget_earlier(struct unitron *object)
{
	int result;

	do {
		result = object->transport->ring_wait(object, 0);
	} while (result == 0);
	return result == -ETIMEDOUT || result == -EINTR ? 0 : result;
}

/* Nothing went: 0: try again; -EAGAIN, or why not. */
static int wait_for(struct unitron *object, bool (*wish)(struct ring_end *end, uint32_t wanted), int timeout, int64_t deadline)
{
	int result = forget_earlier(object);

	if (result != 0 || !wish(&object->end, 1))
		return result;
	return timeout == 0 ? -EAGAIN : object->transport->ring_wait(object, deadline);
}

static bool want_data(struct ring_end *end, uint32_t wanted)
{
	return ring_want_data(end);
}

static uint32_t batch(size_t left)
{
	return left < RING_COUNT_MAX ? (uint32_t)left : RING_COUNT_MAX;
}

ssize_t unitron_ring_put(struct unitron *object, const void *messages, size_t count, int timeout)
{
	ssize_t result = object_check(object, UNITRON_RING, UNITRON_WRITE);
	int64_t deadline = deadline_of(timeout);
	size_t done = 0;

	while (result == 0 && done < count) {
		bool wake = false;
		int32_t went = ring_put(&object->end, (const char *)messages + done * object->info.unit, batch(count - done), &wake);

		if (went > 0)
			done += (size_t)went;
		if (wake)
			result = object->transport->ring_bell(object);
		if (went < 0)
			result = -EIO;
		if (went == 0 && result == 0)
			result = wait_for(object, ring_want_room, timeout, deadline);
	}
	return done ? (ssize_t)done : result;
}

ssize_t unitron_ring_get(struct unitron *object, void *messages, size_t count, int timeout)
{
	ssize_t result = object_check(object, UNITRON_RING, UNITRON_READ);
	int64_t deadline = deadline_of(timeout);
	int32_t came = 0;

	while (result == 0 && came == 0 && count) {
		bool wake = false;

		came = ring_get(&object->end, messages, batch(count), &wake);
		if (wake)
			result = object->transport->ring_bell(object);
		if (came < 0)
			return -EIO;
		if (came == 0 && result == 0)
			result = wait_for(object, want_data, timeout, deadline);
	}
	return came ? came : result;
}
