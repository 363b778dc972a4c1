/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unit test of kernel/wait.[ch] (TAP): the two orders of a wait queue, what a
 * change of priority does to a place in it, and the ends of a wait.
 */
#include <string.h>

#include "../../kernel/wait.h"
#include "../../kernel/mutex.h"
#include "tap.h"

#define TASKS	8U

struct clock kernel_clock;
struct timer_event *kernel_timer_heap[TASKS];
const UINT kernel_timer_heap_size = TASKS;
static struct task tasks[TASKS];
static struct waitable object;
static struct waitable *left;		/* what the mutex was told */

void kernel_mutex_waiter_left(struct waitable *mutex)
{
	left = mutex;
}

TICK port_time(void)
{
	return 0;
}

void port_timer_set(TICK at)
{
}

/* Task i becomes ready, runs and waits for object. */
static void let_wait(unsigned int i, PRI pri, TMO tmout)
{
	tasks[i].pri = pri;
	tasks[i].state = TTS_RDY;
	tasks[i].timer.fire = kernel_wait_timeout;
	ready_append(&tasks[i]);
	kernel.running = &tasks[i];
	wait_for(&object, TTW_SEM, tmout);
}

static void start(bool by_priority)
{
	memset(tasks, 0, sizeof(tasks));
	kernel_ready_initialize();
	kernel_timer_initialize();
	waitable_init(&object, by_priority);
	left = NULL;
}

/* The tasks are served in this order; emptied by it. */
static bool served(const char *order)
{
	for (; *order; order++) {
		struct task *first = first_waiter(&object);

		if (first != &tasks[*order - '0'])
			return false;
		wait_release(first, E_OK);
	}
	return !first_waiter(&object);
}

static void test_orders(void)
{
	start(false);
	let_wait(0, 5, TMO_FEVR);
	let_wait(1, 3, TMO_FEVR);
	let_wait(2, 5, TMO_FEVR);
	ok(!kernel.scheduled, "a waiting task is not ready");
	ok(served("012"), "[WAI-1] TA_TFIFO: order of arrival");
	ok(kernel.scheduled == &tasks[1] && tasks[1].state == TTS_RDY, "[SCH-2] released tasks are ready");

	start(true);
	let_wait(0, 5, TMO_FEVR);
	let_wait(1, 3, TMO_FEVR);
	let_wait(2, 5, TMO_FEVR);
	let_wait(3, 9, TMO_FEVR);
	let_wait(4, 3, TMO_FEVR);
	let_wait(5, 1, TMO_FEVR);
	ok(served("514023"), "[WAI-2] TA_TPRI: order of priority, of arrival among equals");
}

static void test_change(void)
{
	start(true);
	let_wait(0, 5, TMO_FEVR);
	let_wait(1, 5, TMO_FEVR);
	let_wait(2, 5, TMO_FEVR);
	kernel_wait_change(&tasks[0], 5);
	kernel_wait_change(&tasks[2], 4);
	ok(served("210"), "[WAI-3] TA_TPRI: a task whose priority changes goes behind its new equals");

	start(false);
	let_wait(0, 5, TMO_FEVR);
	let_wait(1, 5, TMO_FEVR);
	kernel_wait_change(&tasks[1], 1);
	ok(served("01") && tasks[1].pri == 1, "TA_TFIFO: a change of priority does not change the order");
}

static void test_ends(void)
{
	start(true);
	let_wait(0, 5, 10);
	let_wait(1, 5, 20);
	ok(timer_first() == &tasks[0].timer && tasks[0].timer.due == 11, "[TIM-2] a time-out counts from the next tick");
	timer_first()->fire(timer_first());
	ok(tasks[0].wait_result == E_TMOUT && tasks[0].state == TTS_RDY, "[WAI-4] a time-out ends the wait with E_TMOUT");
	ok(first_waiter(&object) == &tasks[1] && timer_first() == &tasks[1].timer, "[WAI-4] and leaves queue and timer");
	tasks[1].wait_kind = TTW_MTX;
	kernel_wait_cancel(&tasks[1], E_RLWAI);
	ok(tasks[1].wait_result == E_RLWAI && !timer_first(), "[SYN-9] a release by force takes its time-out along");
	ok(left == &object, "[MTX-9] a mutex is told that a waiter has left");

	start(true);
	let_wait(0, 5, 10);
	tasks[0].state |= TTS_SUS;
	wait_release(&tasks[0], E_OK);
	ok(tasks[0].state == TTS_SUS && !kernel.scheduled, "[WAI-5] a suspended task that is released is not ready");
	let_wait(1, 5, 10);
	kernel_wait_abandon(&tasks[1]);
	ok(!first_waiter(&object) && !timer_first() && !kernel.scheduled, "[WAI-8] a task that ends leaves queue and timer");
}

int main(void)
{
	test_orders();
	test_change();
	test_ends();
	return tap_end();
}
