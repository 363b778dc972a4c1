/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two ends of a struct unitron_ring. An end belongs to one side, and what
 * it holds is that side's own memory; all it reads from the ring after
 * ring_attach are the other side's index and wish, and, of a consumer, the slots.
 *
 * Whatever the other side writes, an end stays inside the slots and reports a
 * claim that cannot be true (more messages than slots) as RING_BROKEN, for good.
 * A message is copied before anybody looks at it. Nothing here waits; the time
 * of each function is bounded by its count of messages.
 *
 * Callers of one end serialise among themselves.
 */
#pragma once

#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif
#include <unitron/exchange.h>

#define RING_BROKEN		(-1)
#define RING_COUNT_MAX		(1u << 20)
#define RING_SLOT_MAX		(1u << 16)
/* Bytes of a ring, a constant expression */
#define RING_BYTES(count, slot_size)	(sizeof(struct unitron_ring) + (size_t)(count) * (slot_size))

struct ring_end {
	struct unitron_ring *ring;
	uint64_t *slots;
	uint32_t words;			/* of a slot */
	uint32_t count;
	uint32_t own;			/* this side's index */
	uint32_t other;			/* the other side's, when it was last looked at */
	bool	 broken;
};

/* May a ring have these sizes? */
static inline bool ring_sizes_valid(uint32_t count, uint32_t slot_size)
{
	return count > 0 && count <= RING_COUNT_MAX && (count & (count - 1)) == 0 &&
	       slot_size > 0 && slot_size <= RING_SLOT_MAX && slot_size % 8 == 0;
}

/* Make an empty ring in RING_BYTES of memory, aligned to 64, that nobody uses yet. */
static inline void ring_create(void *memory, uint32_t count, uint32_t slot_size)
{
	struct unitron_ring *ring = memory;

	*ring = (struct unitron_ring){
		.version = UNITRON_EXCHANGE_VERSION, .size = sizeof(*ring), .slot_size = slot_size, .slot_count = count,
	};
}

/*
 * Make an end of a ring of these sizes, which are known from elsewhere: what
 * stands in the ring is not asked. Both sides begin with the indices as they
 * are, which the first to attach has made 0.
 */
static inline void ring_attach(struct ring_end *end, void *memory, uint32_t count, uint32_t slot_size)
{
	*end = (struct ring_end){
		.ring = memory, .slots = (uint64_t *)((char *)memory + sizeof(struct unitron_ring)),
		.words = slot_size / 8, .count = count,
	};
}

/*
 * Begin, or begin anew, with this side's index own; the other's is looked at
 * when it is next needed, and a ring that was broken gets another chance.
 */
static inline void ring_resume(struct ring_end *end, uint32_t own, bool producer)
{
	end->own = own;
	end->other = producer ? own - end->count : own;
	end->broken = false;
}

static inline uint64_t *ring_slot(const struct ring_end *end, uint32_t index)
{
	return end->slots + (size_t)(index & (end->count - 1)) * end->words;
}

/*
 * What was read from the other side stays what it was: the compiler may not
 * read it once more after this. And what was written is written.
 */
static inline void ring_settle(void)
{
	__asm__ volatile("" ::: "memory");
}

static inline void ring_copy(uint64_t *to, const uint64_t *from, size_t words)
{
	for (; words >= 8; words -= 8, to += 8, from += 8) {
		to[0] = from[0];
		to[1] = from[1];
		to[2] = from[2];
		to[3] = from[3];
		to[4] = from[4];
		to[5] = from[5];
		to[6] = from[6];
		to[7] = from[7];
	}
	for (; words; words--)
		*to++ = *from++;
}

/* ---- the producer's end -------------------------------------------------- */

/* The same after a look at the other side's index. A broken ring has no room, so that nobody need ask twice. */
static inline int32_t ring_look_room(struct ring_end *end)
{
	uint32_t used;

	if (end->broken)
		return RING_BROKEN;
	end->other = __atomic_load_n(&end->ring->tail, __ATOMIC_ACQUIRE);
	used = end->own - end->other;
	if (used <= end->count)
		return (int32_t)(end->count - used);
	end->other = end->own - end->count;
	end->broken = true;
	return RING_BROKEN;
}

/* How many messages have room, or RING_BROKEN. wanted, at least 1: looks no further if so many have. */
static inline int32_t ring_room(struct ring_end *end, uint32_t wanted)
{
	uint32_t room = end->count - (end->own - end->other);

	return room >= wanted ? (int32_t)room : ring_look_room(end);
}

/* Copy message number n of those to come, n < ring_room(): not yet to be seen by the consumer. */
static inline void ring_fill(struct ring_end *end, uint32_t n, const void *message)
{
	ring_copy(ring_slot(end, end->own + n), message, end->words);
}

/* The slot of that message, for those who write it themselves. */
static inline void *ring_vacant(struct ring_end *end, uint32_t n)
{
	return ring_slot(end, end->own + n);
}

/* Hand over the n messages that were filled. True: the consumer wants to be woken; his wish is reset. */
static inline bool ring_publish(struct ring_end *end, uint32_t n)
{
	struct unitron_ring *ring = end->ring;
	uint32_t own;

	ring_settle();			/* who publishes own in our place finds the slots filled */
	own = end->own += n;
	__atomic_exchange_n(&ring->head, own, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&ring->wants_data, __ATOMIC_SEQ_CST) && __atomic_exchange_n(&ring->wants_data, 0, __ATOMIC_SEQ_CST);
}

/*
 * Wish to be woken when there is room for wanted messages. True: go to sleep;
 * false: there is (or the ring is broken), the wish is taken back.
 */
static inline bool ring_want_room(struct ring_end *end, uint32_t wanted)
{
	__atomic_exchange_n(&end->ring->wants_room, 1, __ATOMIC_SEQ_CST);
	if (end->count - (end->own - __atomic_load_n(&end->ring->tail, __ATOMIC_SEQ_CST)) < wanted)
		return true;
	__atomic_store_n(&end->ring->wants_room, 0, __ATOMIC_RELAXED);
	return false;
}

/* ---- the consumer's end -------------------------------------------------- */

/* As ring_look_room */
static inline int32_t ring_look_filled(struct ring_end *end)
{
	uint32_t filled;

	if (end->broken)
		return RING_BROKEN;
	end->other = __atomic_load_n(&end->ring->head, __ATOMIC_ACQUIRE);
	filled = end->other - end->own;
	if (filled <= end->count)
		return (int32_t)filled;
	end->other = end->own;
	end->broken = true;
	return RING_BROKEN;
}

/* How many messages there are, or RING_BROKEN. wanted, at least 1: looks no further if there are so many. */
static inline int32_t ring_filled(struct ring_end *end, uint32_t wanted)
{
	uint32_t filled = end->other - end->own;

	return filled >= wanted ? (int32_t)filled : ring_look_filled(end);
}

/* Copy message number n of those to come, n < ring_filled(): it stays in the ring. */
static inline void ring_peek(const struct ring_end *end, uint32_t n, void *message)
{
	ring_copy(message, ring_slot(end, end->own + n), end->words);
	ring_settle();
}

/* Give the slots of the first n messages back. True: the producer wants to be woken; his wish is reset. */
static inline bool ring_release(struct ring_end *end, uint32_t n)
{
	struct unitron_ring *ring = end->ring;

	end->own += n;
	__atomic_exchange_n(&ring->tail, end->own, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&ring->wants_room, __ATOMIC_SEQ_CST) && __atomic_exchange_n(&ring->wants_room, 0, __ATOMIC_SEQ_CST);
}

/* Wish to be woken when there are data. True: go to sleep; false: there are some (or the ring is broken), the wish is taken back. */
static inline bool ring_want_data(struct ring_end *end)
{
	__atomic_exchange_n(&end->ring->wants_data, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&end->ring->head, __ATOMIC_SEQ_CST) == end->own)
		return true;
	__atomic_store_n(&end->ring->wants_data, 0, __ATOMIC_RELAXED);
	return false;
}

/* ---- both ---------------------------------------------------------------- */

/* Of n slots from index on, how many lie in a row, before the ring begins anew */
static inline uint32_t ring_row(const struct ring_end *end, uint32_t index, uint32_t n)
{
	uint32_t row = end->count - (index & (end->count - 1));

	return n < row ? n : row;
}

/* n messages in a row: how many went, fewer if there was no room; or RING_BROKEN. *wake is set if the consumer wants to be woken. */
static inline int32_t ring_put(struct ring_end *end, const void *messages, uint32_t n, bool *wake)
{
	int32_t room = ring_room(end, n);
	uint32_t row;

	if (room <= 0)
		return room;
	if (n > (uint32_t)room)
		n = (uint32_t)room;
	row = ring_row(end, end->own, n);
	ring_copy(ring_slot(end, end->own), messages, (size_t)row * end->words);
	ring_copy(end->slots, (const uint64_t *)messages + (size_t)row * end->words, (size_t)(n - row) * end->words);
	if (ring_publish(end, n))
		*wake = true;
	return (int32_t)n;
}

/* Up to n messages in a row: how many came; or RING_BROKEN. *wake is set if the producer wants to be woken. */
static inline int32_t ring_get(struct ring_end *end, void *messages, uint32_t n, bool *wake)
{
	int32_t filled = ring_filled(end, n);
	uint32_t row;

	if (filled <= 0)
		return filled;
	if (n > (uint32_t)filled)
		n = (uint32_t)filled;
	row = ring_row(end, end->own, n);
	ring_copy(messages, ring_slot(end, end->own), (size_t)row * end->words);
	ring_copy((uint64_t *)messages + (size_t)row * end->words, end->slots, (size_t)(n - row) * end->words);
	ring_settle();
	if (ring_release(end, n))
		*wake = true;
	return (int32_t)n;
}
