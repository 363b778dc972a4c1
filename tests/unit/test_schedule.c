/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unit test of kernel/schedule.[ch] (TAP): the ready queue, against a model
 * that gives each task a number in the order of arrival and searches for the
 * first.
 */
#include <string.h>

#include "../../kernel/schedule.h"
#include "tap.h"

#define TASKS	40U

static struct task tasks[TASKS];
static long place[TASKS];		/* the model: 0 not ready, else smaller is earlier within a priority */
static long last_place, first_place;

static struct task *model_first(PRI only)
{
	struct task *first = NULL;

	for (unsigned int i = 0; i < TASKS; i++) {
		struct task *t = &tasks[i];

		if (!place[i] || (only && t->pri != only))
			continue;
		if (!first || t->pri < first->pri || (t->pri == first->pri && place[i] < place[first - tasks]))
			first = t;
	}
	return first;
}

static void start(void)
{
	memset(tasks, 0, sizeof(tasks));
	memset(place, 0, sizeof(place));
	last_place = 1000000;
	first_place = 999999;
	kernel_ready_initialize();
}

static void add(unsigned int i, PRI pri)
{
	tasks[i].pri = pri;
	ready_append(&tasks[i]);
	place[i] = ++last_place;
}

static void test_order(void)
{
	start();
	ok(!kernel.scheduled && !ready_first(), "[SCH-1] with no task ready none is scheduled");
	add(0, 5);
	add(1, 5);
	ok(kernel.scheduled == &tasks[0], "[SCH-2] a task goes behind its equals");
	add(2, 4);
	ok(kernel.scheduled == &tasks[2], "[SCH-1] a higher task is scheduled at once");
	ready_remove(&tasks[2]);
	ok(kernel.scheduled == &tasks[0], "[SCH-3] the displaced task is before its equals still");
	kernel_ready_rotate(5);
	ok(kernel.scheduled == &tasks[1], "rotation puts the first behind the others");
	kernel_ready_rotate(6);
	ok(kernel.scheduled == &tasks[1], "rotation of an empty priority does nothing");
	kernel_ready_change(&tasks[0], 5, true);
	ok(kernel.scheduled == &tasks[0], "[MTX-8] a change by a mutex puts the task before its equals");
	kernel_ready_change(&tasks[0], 5, false);
	ok(kernel.scheduled == &tasks[1], "[TSK-22] a change by chg_pri puts the task behind its equals");
	kernel_ready_change(&tasks[1], TMAX_TPRI, false);
	ok(kernel.scheduled == &tasks[0], "lowering the scheduled task schedules the next");
	kernel_ready_change(&tasks[1], TMIN_TPRI, false);
	ok(kernel.scheduled == &tasks[1], "the limits of the priority range work");
}

/* One random operation on task i; returns what rotation would have to schedule. */
static void step(unsigned int i, PRI pri)
{
	bool first = tap_random(2);
	struct task *head;

	if (!place[i]) {
		add(i, pri);
		return;
	}
	switch (tap_random(3)) {
	case 0:
		ready_remove(&tasks[i]);
		place[i] = 0;
		break;
	case 1:
		head = model_first(pri);
		kernel_ready_rotate(pri);
		if (head)
			place[head - tasks] = ++last_place;
		break;
	case 2:
		kernel_ready_change(&tasks[i], pri, first);
		place[i] = first ? --first_place : ++last_place;
		break;
	}
}

static void test_random(void)
{
	bool good = true;

	start();
	for (unsigned int n = 0; n < 100000; n++) {
		step(tap_random(TASKS), TMIN_TPRI + (PRI)tap_random(TMAX_TPRI));
		good = good && kernel.scheduled == model_first(0) && ready_first() == kernel.scheduled;
	}
	ok(good, "[SCH-1] 100000 random operations: always the first task is scheduled");
	for (unsigned int i = 0; i < TASKS; i++)
		if (place[i])
			ready_remove(&tasks[i]);
	ok(!kernel.scheduled && !kernel_ready.levels, "emptied, the queue is as at the beginning");
}

int main(void)
{
	test_order();
	test_random();
	return tap_end();
}
