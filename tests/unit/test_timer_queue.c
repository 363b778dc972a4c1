/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unit test of kernel/timer_queue.c (TAP): the order of time events [TIM-3],
 * against a model that searches all events for the first one, and the number
 * of steps that an operation takes.
 */
#include <string.h>

#include "../../kernel/timer_queue.h"
#include "tap.h"

#define EVENTS	1000U

struct timer_event *kernel_timer_heap[EVENTS];
const UINT kernel_timer_heap_size = EVENTS;
static struct timer_event events[EVENTS];

/* What a correct queue would do next */
static struct timer_event *model_first(void)
{
	struct timer_event *first = NULL;

	for (unsigned int i = 0; i < EVENTS; i++) {
		struct timer_event *e = &events[i];

		if (e->position && (!first || e->due < first->due || (e->due == first->due && e->order < first->order)))
			first = e;
	}
	return first;
}

static bool consistent(void)
{
	for (unsigned int i = 0; i < kernel_timer_queue.count; i++) {
		struct timer_event *e = kernel_timer_heap[i], *parent = kernel_timer_heap[i ? (i - 1) / 2 : 0];

		if (e->position != i + 1 || e->due < parent->due || (e->due == parent->due && e->order < parent->order))
			return false;
	}
	return true;
}

static void start(void)
{
	memset(events, 0, sizeof(events));
	kernel_timer_initialize();
}

static void test_empty(void)
{
	start();
	ok(!timer_first(), "an empty queue has no first event");
	kernel_timer_insert(&events[0], 7);
	ok(timer_first() == &events[0] && timer_registered(&events[0]), "a single event is the first");
	kernel_timer_postpone_first(9);
	ok(timer_first() == &events[0] && events[0].due == 9, "a single event is postponed");
	kernel_timer_remove(&events[0]);
	ok(!timer_first() && !timer_registered(&events[0]), "a removed event is not registered");
}

static void test_ties(void)
{
	bool good = true;

	start();
	for (unsigned int i = 0; i < EVENTS; i++)
		kernel_timer_insert(&events[(i * 7) % EVENTS], 100);
	for (unsigned int i = 0; i < EVENTS; i++) {
		good = good && timer_first() == &events[(i * 7) % EVENTS];
		kernel_timer_remove(timer_first());
	}
	ok(good, "[TIM-3] events of one tick come in the order of registration");

	kernel_timer_insert(&events[0], 1);
	kernel_timer_insert(&events[1], 5);
	kernel_timer_postpone_first(5);
	ok(timer_first() == &events[1], "[TIM-3] a postponed event comes behind those registered before");
}

static void test_limits(void)
{
	start();
	kernel_timer_insert(&events[0], TICK_NEVER - 1);
	kernel_timer_insert(&events[1], (TICK)1 << 32);
	kernel_timer_insert(&events[2], ((TICK)1 << 32) - 1);
	ok(timer_first() == &events[2], "times on both sides of 2^32 are told apart");
	kernel_timer_remove(&events[2]);
	kernel_timer_remove(&events[1]);
	ok(timer_first() == &events[0], "the last tick of all can be registered");
}

static void test_random(void)
{
	bool order = true, shape = true;
	TICK now = 0;

	start();
	for (unsigned int step = 0; step < 30000; step++) {
		struct timer_event *e = &events[tap_random(EVENTS)];

		if (!e->position)
			kernel_timer_insert(e, now + tap_random(50));
		else if (tap_random(4) == 0)
			kernel_timer_remove(e);
		if (timer_first() && tap_random(3) == 0) {
			order = order && timer_first() == model_first();
			now = timer_first()->due;
			if (tap_random(2))
				kernel_timer_remove(timer_first());
			else
				kernel_timer_postpone_first(now + tap_random(50));
		}
		if (step % 16 == 0)
			shape = shape && consistent();
	}
	ok(order, "[TIM-3] 30000 random operations: always the earliest event is the first");
	ok(shape, "30000 random operations: the heap keeps its invariants");
}

int main(void)
{
	test_empty();
	test_ties();
	test_limits();
	test_random();
	return tap_end();
}
