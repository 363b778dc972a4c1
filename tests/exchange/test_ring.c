/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring by one thread: sizes, order, wrapping of slots and indices, wishes,
 * and an other side that writes whatever it likes, at random too. The rings
 * lie in memory of exactly their size, so that AddressSanitizer sees a step
 * outside.
 */
#include <stdlib.h>
#include <string.h>

#include <exchange/ring.h>
#include <tap.h>

#define COUNT	8
#define WORDS	3

static struct ring_end producer, consumer;
static uint64_t message[WORDS];

static void make(void)
{
	void *memory = aligned_alloc(64, RING_BYTES(COUNT, 8 * WORDS));

	if (producer.ring)
		free(producer.ring);
	memset(memory, 0xa5, RING_BYTES(COUNT, 8 * WORDS));
	ring_create(memory, COUNT, 8 * WORDS);
	ring_attach(&producer, memory, COUNT, 8 * WORDS);
	ring_attach(&consumer, memory, COUNT, 8 * WORDS);
}

/* The indices of both sides begin at at. */
static void begin_at(uint32_t at)
{
	make();
	producer.ring->head = producer.ring->tail = at;
	producer.own = producer.other = consumer.own = consumer.other = at;
}

static int32_t put(uint64_t value, bool *wake)
{
	uint64_t sent[WORDS] = { value, value + 1, ~value };

	return ring_put(&producer, sent, 1, wake);
}

static bool came(uint64_t value)
{
	bool wake = false;

	return ring_get(&consumer, message, 1, &wake) == 1 && message[0] == value && message[1] == value + 1 && message[2] == ~value;
}

static void test_sizes(void)
{
	ok(sizeof(struct unitron_ring) == 3 * 64, "the header is three cache lines");
	ok(offsetof(struct unitron_ring, head) == 64 && offsetof(struct unitron_ring, tail) == 128, "each side has a line of its own");
	ok(ring_sizes_valid(1, 8) && ring_sizes_valid(1 << 20, 1 << 16), "the smallest and the largest ring");
	ok(!ring_sizes_valid(0, 8) && !ring_sizes_valid(3, 8) && !ring_sizes_valid(1 << 21, 8) && !ring_sizes_valid(1u << 31, 8),
	   "counts that are refused");
	ok(!ring_sizes_valid(8, 0) && !ring_sizes_valid(8, 12) && !ring_sizes_valid(8, (1 << 16) + 8), "slot sizes that are refused");
}

static void test_order(uint32_t at, const char *what)
{
	bool wake = false, good = true;
	uint64_t sent = 0, received = 0;

	begin_at(at);
	for (int round = 0; round < 1000; round++) {
		for (uint32_t n = tap_random(COUNT + 3); n; n--)
			sent += put(sent, &wake) == 1;
		good &= ring_filled(&consumer, COUNT) == (int32_t)(sent - received) && sent - received <= COUNT;
		for (uint32_t n = tap_random(COUNT + 3); n && received < sent; n--)
			good &= came(received++);
	}
	ok(good && !wake && received > 1000, what);
}

static void test_batches(void)
{
	uint64_t data[20 * WORDS], back[20 * WORDS];
	bool wake = false;

	begin_at(UINT32_MAX - 3);
	for (unsigned int i = 0; i < 20 * WORDS; i++)
		data[i] = i * 7;
	ok(ring_put(&producer, data, 5, &wake) == 5 && ring_put(&producer, data + 5 * WORDS, 15, &wake) == 3,
	   "a batch goes as far as there is room");
	ok(ring_put(&producer, data, 1, &wake) == 0, "a full ring takes nothing");
	ok(ring_get(&consumer, back, 2, &wake) == 2 && ring_get(&consumer, back + 2 * WORDS, 20, &wake) == 6,
	   "a batch is as long as there are messages");
	ok(memcmp(data, back, 8 * WORDS * sizeof(uint64_t)) == 0, "its messages are in order and whole");
	ok(ring_get(&consumer, back, 1, &wake) == 0 && !wake, "an empty ring gives nothing");
}

static void test_wishes(void)
{
	bool wake = false;

	make();
	ok(ring_want_data(&consumer), "a consumer may sleep beside an empty ring");
	put(1, &wake);
	ok(wake && !producer.ring->wants_data, "the next message wakes it, once");
	wake = false;
	put(2, &wake);
	ok(!wake, "the one after that does not");
	ok(!ring_want_data(&consumer) && !producer.ring->wants_data, "beside a ring with messages it may not sleep");
	while (put(3, &wake) == 1)
		;
	ok(ring_want_room(&producer, 1), "a producer may sleep beside a full ring");
	ok(ring_release(&consumer, 1) && !producer.ring->wants_room, "room wakes it, once");
	ok(!ring_want_room(&producer, 1) && !producer.ring->wants_room, "beside a ring with room it may not sleep");
}

static void test_false_claims(void)
{
	bool wake = false, good = true;

	for (uint32_t claim = COUNT + 1; claim != 0; claim += 1 + (claim >> 3)) {
		make();
		producer.ring->head = claim;
		good &= ring_get(&consumer, message, 1, &wake) == RING_BROKEN;
		producer.ring->head = 1;
		good &= ring_get(&consumer, message, 1, &wake) == RING_BROKEN;
		if (claim + (claim >> 3) < claim)
			break;
	}
	ok(good, "a producer that claims more messages than slots: broken, for good");
	make();
	for (int i = 0; i < COUNT; i++)
		put(i, &wake);
	producer.ring->tail = COUNT + 1;
	ok(put(9, &wake) == RING_BROKEN && producer.broken, "a consumer that claims more than was sent: broken");
	make();
	put(1, &wake);
	producer.ring->tail = UINT32_MAX;
	ok(ring_room(&producer, COUNT + 1) == COUNT - 2, "a consumer that goes back: room stays within the slots");
	make();
	producer.ring->slot_count = 1u << 31;
	producer.ring->slot_size = 1u << 31;
	ok(put(7, &wake) == 1 && came(7), "sizes written over later are not looked at");
}

/* The other side writes rubbish everywhere between any two operations; nothing may leave the slots, and counts stay counts. */
static void test_rubbish(void)
{
	uint64_t buffer[COUNT * WORDS];
	bool wake, good = true;
	unsigned long broken = 0, passed = 0;

	for (int round = 0; round < 20000; round++) {
		begin_at(tap_random(UINT32_MAX));
		for (int step = 0; step < 20; step++) {
			uint32_t *words = (uint32_t *)producer.ring;
			uint32_t header = sizeof(struct unitron_ring) / 4;
			int32_t result;

			/* Mostly near the truth: a claim that is wild is found at once. */
			if (tap_random(2))
				words[tap_random(2) ? 16 : 32] = producer.own + tap_random(20) - 10;
			else
				words[tap_random(header + COUNT * WORDS * 2)] = tap_random(UINT32_MAX);
			if (tap_random(2))
				result = ring_put(&producer, buffer, tap_random(COUNT + 1), &wake);
			else
				result = ring_get(&consumer, buffer, tap_random(COUNT + 1), &wake);
			good &= result >= RING_BROKEN && result <= COUNT;
			good &= ring_filled(&consumer, COUNT + 1) <= COUNT && ring_room(&producer, COUNT + 1) <= COUNT;
			ring_want_data(&consumer);
			ring_want_room(&producer, 1);
			broken += result == RING_BROKEN;
			passed += result > 0;
		}
	}
	ok(good && broken > 1000 && passed > 1000, "400000 operations with rubbish between them stay within the ring");
}

int main(void)
{
	test_sizes();
	test_order(0, "messages come out whole and in order");
	test_order(UINT32_MAX - 100, "and when the indices wrap");
	test_batches();
	test_wishes();
	test_false_claims();
	test_rubbish();
	free(producer.ring);
	return tap_end();
}
