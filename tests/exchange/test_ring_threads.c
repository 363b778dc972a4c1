/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring between two threads, in batches of random length, with
 * checksums; each sleeps when the ring says so. Then beside a hostile thread that
 * writes into the ring all the time.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include <exchange/ring.h>
#include <tap.h>

#define MESSAGES	200000u
#define COUNT		64
#define WORDS		8		/* messages of 64 bytes */
#define BATCH		48

static void *memory;
static sem_t data, room;
static unsigned int sleeps;

static uint32_t next(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/* Wake-ups are few: one that is missing must not hang the test. */
static bool wait_for(sem_t *semaphore)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 30;
	return sem_timedwait(semaphore, &end) == 0;
}

static void fill(uint64_t *message, uint64_t number)
{
	message[0] = number;
	message[WORDS - 1] = number;
	for (int i = 1; i < WORDS - 1; i++) {
		message[i] = number * 2654435761u + (uint64_t)i;
		message[WORDS - 1] += message[i];
	}
}

static bool whole(const uint64_t *message, uint64_t number)
{
	uint64_t sum = message[0];

	for (int i = 1; i < WORDS - 1; i++)
		sum += message[i];
	return message[0] == number && message[WORDS - 1] == sum;
}

static void *produce(void *unused)
{
	uint64_t messages[BATCH * WORDS], state = 1;
	struct ring_end end;

	(void)unused;
	ring_attach(&end, memory, COUNT, 8 * WORDS);
	for (uint64_t sent = 0; sent < MESSAGES;) {
		uint32_t n = 1 + next(&state, BATCH);
		bool wake = false;
		int32_t went;

		if (n > MESSAGES - sent)
			n = (uint32_t)(MESSAGES - sent);
		for (uint32_t i = 0; i < n; i++)
			fill(messages + i * WORDS, sent + i);
		went = ring_put(&end, messages, n, &wake);
		if (wake)
			sem_post(&data);
		if (went < 0)
			return "the ring is broken";
		sent += (uint64_t)went;
		if (went == 0 && ring_want_room(&end, 1)) {
			__atomic_fetch_add(&sleeps, 1, __ATOMIC_RELAXED);
			if (!wait_for(&room))
				return "the producer was not woken";
		}
	}
	return NULL;
}

static void *consume(void *unused)
{
	uint64_t messages[BATCH * WORDS], state = 2;
	struct ring_end end;

	(void)unused;
	ring_attach(&end, memory, COUNT, 8 * WORDS);
	for (uint64_t received = 0; received < MESSAGES;) {
		bool wake = false;
		int32_t came = ring_get(&end, messages, 1 + next(&state, BATCH), &wake);

		if (wake)
			sem_post(&room);
		if (came < 0)
			return "the ring is broken";
		for (int32_t i = 0; i < came; i++)
			if (!whole(messages + i * WORDS, received + (uint64_t)i))
				return "a message is wrong";
		received += (uint64_t)came;
		if (came == 0 && ring_want_data(&end)) {
			__atomic_fetch_add(&sleeps, 1, __ATOMIC_RELAXED);
			if (!wait_for(&data))
				return "the consumer was not woken";
		}
	}
	return NULL;
}

static void test_stream(void)
{
	pthread_t threads[2];
	void *results[2];

	ring_create(memory, COUNT, 8 * WORDS);
	sem_init(&data, 0, 0);
	sem_init(&room, 0, 0);
	pthread_create(&threads[0], NULL, produce, NULL);
	pthread_create(&threads[1], NULL, consume, NULL);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], &results[i]);
		if (results[i])
			printf("# %s\n", (const char *)results[i]);
	}
	ok(!results[0] && !results[1], "200000 messages between two threads: whole, in order, nobody sleeps too long");
	ok(sleeps > 0, "and somebody has slept");
}

static bool stop;

/* Stores of a whole word each, as another process would do them: atomic for ThreadSanitizer's sake. */
static void *scribble(void *unused)
{
	uint32_t *words = memory;
	uint64_t state = 3;

	(void)unused;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		__atomic_store_n(&words[next(&state, 4) ? 16 + 16 * next(&state, 2) : next(&state, sizeof(struct unitron_ring) / 4)],
				 next(&state, 3 * COUNT), __ATOMIC_RELAXED);
	return NULL;
}

static void test_hostile(void)
{
	uint64_t messages[BATCH * WORDS] = { 0 }, state = 4;
	unsigned long broken = 0, passed = 0;
	bool wake = false, good = true;
	pthread_t thread;

	ring_create(memory, COUNT, 8 * WORDS);
	pthread_create(&thread, NULL, scribble, NULL);
	for (int round = 0; round < 20000; round++) {
		struct ring_end end;

		ring_attach(&end, memory, COUNT, 8 * WORDS);
		end.own = end.other = next(&state, 2 * COUNT);
		for (int step = 0; step < 8; step++) {
			uint32_t n = next(&state, BATCH + 1);
			int32_t result = round & 1 ? ring_put(&end, messages, n, &wake) : ring_get(&end, messages, n, &wake);

			good &= result >= RING_BROKEN && result <= (int32_t)n;
			broken += result == RING_BROKEN;
			passed += result > 0;
			ring_want_data(&end);
			ring_want_room(&end, 1);
		}
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	ok(good && broken > 100 && passed > 100, "160000 operations while another thread writes rubbish stay within the ring");
}

int main(void)
{
	memory = aligned_alloc(64, RING_BYTES(COUNT, 8 * WORDS));
	test_stream();
	test_hostile();
	free(memory);
	return tap_end();
}
