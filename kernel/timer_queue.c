/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap of time events: see timer_queue.h. Invariants: element 0 is the
 * first to fall due; no element falls due before its parent, which for element
 * i is (i - 1) / 2; heap[i]->position == i + 1. The array has room for every
 * event of the configuration, so that inserting cannot fail.
 */
#include "invariant.h"
#include "timer_queue.h"

struct timer_queue kernel_timer_queue;

static inline bool earlier(const struct timer_event *a, const struct timer_event *b)
{
	return a->due < b->due || (a->due == b->due && a->order < b->order);	/* [TIM-3] */
}

static inline void place(UINT index, struct timer_event *event)
{
	kernel_timer_heap[index] = event;
	event->position = index + 1;
}

/* Element index is free: put event there or, if it is earlier than what stands above, higher up. */
static void sift_up(UINT index, struct timer_event *event)
{
	while (index > 0) {
		UINT parent = (index - 1) / 2;

		if (!earlier(event, kernel_timer_heap[parent]))
			break;
		place(index, kernel_timer_heap[parent]);
		index = parent;
	}
	place(index, event);
}

/* Element index is free: put event there or, if something below is earlier, further down. */
static void sift_down(UINT index, struct timer_event *event)
{
	UINT count = kernel_timer_queue.count;
	UINT child;

	while ((child = 2 * index + 1) < count) {
		if (child + 1 < count && earlier(kernel_timer_heap[child + 1], kernel_timer_heap[child]))
			child++;
		if (!earlier(kernel_timer_heap[child], event))
			break;
		place(index, kernel_timer_heap[child]);
		index = child;
	}
	place(index, event);
}

void kernel_timer_initialize(void)
{
	kernel_timer_queue.registrations = 0;
	kernel_timer_queue.count = 0;
}

void kernel_timer_insert(struct timer_event *event, TICK due)
{
	kernel_assert(!timer_registered(event) && kernel_timer_queue.count < kernel_timer_heap_size);
	event->due = due;
	event->order = kernel_timer_queue.registrations++;
	sift_up(kernel_timer_queue.count++, event);
}

void kernel_timer_remove(struct timer_event *event)
{
	UINT index = event->position - 1;
	struct timer_event *last;

	kernel_assert(index < kernel_timer_queue.count && kernel_timer_heap[index] == event);
	last = kernel_timer_heap[--kernel_timer_queue.count];
	event->position = 0;
	if (last == event)
		return;
	/* The last element fills the gap; it comes from another branch, so it may have to go either way. */
	if (index > 0 && earlier(last, kernel_timer_heap[(index - 1) / 2]))
		sift_up(index, last);
	else
		sift_down(index, last);
}

void kernel_timer_postpone_first(TICK due)
{
	struct timer_event *event = kernel_timer_heap[0];

	event->due = due;
	event->order = kernel_timer_queue.registrations++;
	sift_down(0, event);
}
