/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an application looks like at a moment: its tasks and objects, as the
 * host gives them out in /sys/kernel/unitron/objects, and `unitron ps` and
 * `unitron objects` show them: a head, then an entry for each.
 */
#pragma once

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#define UNITRON_INSPECT_MAGIC	0x6a626f75u	/* "uobj" */
#define UNITRON_INSPECT_VERSION	1
#define UNITRON_INSPECT_NAME	24		/* bytes of a name, with the terminator */

enum unitron_object_kind {
	UNITRON_TASK = 1,
	UNITRON_SEMAPHORE_OBJECT,	/* value: its count; limit: its maximum */
	UNITRON_EVENTFLAG_OBJECT,	/* value: its pattern */
	UNITRON_DATAQUEUE_OBJECT,	/* value: data in it; limit: how many it holds */
	UNITRON_MAILBOX_OBJECT,		/* value: 1 if there is a message */
	UNITRON_MUTEX_OBJECT,		/* value: number of the task that has locked it; 0: none */
	UNITRON_MEMPOOL_OBJECT,		/* value: free blocks; limit: all blocks */
	UNITRON_CYCLIC_OBJECT,		/* value: 1 if started; limit: its period in time units */
	UNITRON_ALARM_OBJECT,		/* value: 1 if started */
};

struct unitron_inspection {
	uint32_t magic;
	uint16_t version;
	uint16_t entry_size;
	uint32_t count;			/* of entries */
	uint32_t traced;		/* 1: built with TRACE = 1, so that cycles are counted */
	uint64_t cycles;		/* since the start */
	uint64_t linux_cycles;		/* of them, Linux's */
	uint64_t handler_cycles;
	char	 application[UNITRON_INSPECT_NAME];
};

struct unitron_object {
	uint16_t kind;			/* enum unitron_object_kind */
	uint16_t id;
	uint16_t state;			/* task: TTS_* of <itron/kernel.h> */
	uint16_t wait_kind;		/* task that waits: TTW_*, and the object's number or 0 */
	uint16_t wait_id;
	uint16_t priority, base_priority;
	uint16_t waiters;		/* object: tasks that wait for it */
	uint64_t value, limit;
	uint64_t stack_size, stack_used;	/* task: bytes; used: at most, since the start */
	uint64_t cycles;		/* task, if traced: since the start */
	char	 name[UNITRON_INSPECT_NAME];
};
