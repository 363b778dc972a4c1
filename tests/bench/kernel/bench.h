/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two halves of the kernel benchmark share: bench.c measures,
 * objects.c holds the tasks and handlers that it measures against.
 *
 * The unit is the time-stamp counter's. Under QEMU's -icount shift=0 that is
 * one executed instruction.
 */
#pragma once

#include <unitron/ext.h>

#define OTHERS		1000	/* tasks that are only there */
#define ALARMS		10000	/* alarm handlers that run all the while */

#define PRI_HIGH	5
#define PRI_BENCH	10
#define PRI_LOW		20

static inline UD cycles(void)
{
	UW low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (UD)high << 32 | low;
}

/* Stored by the task or handler that a measured call leads to. */
extern volatile UD arrived;
/* The latest look at the counter, low half, of a task that does nothing else. */
extern volatile UW spun;
/* Shortest way from there to a cyclic handler, and to the task that it wakes. */
extern volatile UW handler_way, task_way;
extern volatile UINT cycles_seen;

/* What the other tasks do when activated. */
enum other_mode { OTHER_READY, OTHER_WAITS_FLAG };
extern enum other_mode other_mode;

void bench_task(VP_INT exinf);
void sem_task(VP_INT exinf);
void dtq_task(VP_INT exinf);
void peer_task(VP_INT exinf);
void high_task(VP_INT exinf);
void woken_task(VP_INT exinf);
void other_task(VP_INT exinf);
void alarm_handler(VP_INT exinf);
void cycle_handler(VP_INT exinf);
void raised_handler(VP_INT exinf);
