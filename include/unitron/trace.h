/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace of an application that was built with TRACE = 1: what stands in its
 * memory, and what its host gives out, byte by byte. Written by trace/, read by
 * the command `unitron trace`. docs/design/trace.md explains it.
 */
#pragma once

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#define UNITRON_TRACE_MAGIC	0x6b6e7274u	/* "trnk" */
#define UNITRON_TRACE_VERSION	2
#define UNITRON_TRACE_TASKS	256		/* tasks that are known one by one: 0, which is no task, to 255 */
#define UNITRON_TRACE_OBJECTS	64		/* exported objects that have a name here: 1 to 63 */
#define UNITRON_TRACE_NAME	24		/* bytes of a name, with the terminator */

enum unitron_trace_kind {
	UNITRON_TRACE_NONE,		/* never written */
	UNITRON_TRACE_START,		/* the application starts */
	UNITRON_TRACE_DISPATCH,		/* id: the task that runs now; 0: none, Linux goes on */
	UNITRON_TRACE_CALL,		/* call, a and b: its first two arguments; vput_rng, vget_rng: the first and the third */
	UNITRON_TRACE_RETURN,		/* call, a: its result */
	UNITRON_TRACE_TIMER,		/* time events are handled; a: the tick */
	UNITRON_TRACE_INTERRUPT,	/* id: the interrupt's number */
	UNITRON_TRACE_EXCEPTION,	/* id: the task; a: excno, b: where */
	UNITRON_TRACE_HANDLED,		/* the end of one of these three; id: as in DISPATCH */
	UNITRON_TRACE_KICK,		/* Linux is called; id: for this exported object, 0: for the log's lines */
	UNITRON_TRACE_BELL,		/* Linux has called: the exchange task is woken, if it slept */
	UNITRON_TRACE_MOVED,		/* the exchange task; id: the exported object; a: messages that it moved (event flag: 1, a pattern;
					   ring to map: 1, what its process rang for) */
	UNITRON_TRACE_KINDS
};

/* The numbers of service calls in records */
enum unitron_trace_call {
#define CALL_0(result, name)			UNITRON_TRACE_##name,
#define CALL_1(result, name, t1)		UNITRON_TRACE_##name,
#define CALL_2(result, name, t1, t2)		UNITRON_TRACE_##name,
#define CALL_3(result, name, t1, t2, t3)	UNITRON_TRACE_##name,
#define CALL_4(result, name, t1, t2, t3, t4)	UNITRON_TRACE_##name,
#define CALL_5(result, name, t1, t2, t3, t4, t5) UNITRON_TRACE_##name,
#define NEVER_0(name)				UNITRON_TRACE_##name,
#define NEVER_1(name, t1)			UNITRON_TRACE_##name,
#define SILENT_1(name, t1)			UNITRON_TRACE_##name,
#define EXCHANGE_3(result, name, t1, t2, t3)	UNITRON_TRACE_##name,
#include <unitron/trace_calls.h>
#undef CALL_0
#undef CALL_1
#undef CALL_2
#undef CALL_3
#undef CALL_4
#undef CALL_5
#undef NEVER_0
#undef NEVER_1
#undef SILENT_1
#undef EXCHANGE_3
	UNITRON_TRACE_CALLS
};

/*
 * One event. Its number counts from 1, modulo 2^32, and is written last, after
 * it was set to 0: who reads beside the writer takes the number before and
 * after the rest, and believes the record if it is the same and the wanted one.
 */
struct unitron_trace_record {
	uint64_t time;			/* cycles of the port's fastest clock */
	uint32_t number;
	uint8_t	 kind;			/* enum unitron_trace_kind */
	uint8_t	 call;			/* enum unitron_trace_call */
	uint16_t id;
	uint64_t a, b;
};

/* The head; the records follow it at header.size. Record number n stands in place (n - 1) modulo count. */
struct unitron_trace_header {
	uint32_t magic;
	uint16_t version;
	uint16_t record_size;
	uint32_t size;			/* of this header */
	uint32_t count;			/* of records: a power of 2 */
	uint32_t on;			/* the host's: 1 to record */
	uint32_t newest;		/* number of the newest record */
	uint64_t ns_per_cycle;		/* in 1/2^32 */
	uint64_t since;			/* cycles at the latest change of who runs */
	uint64_t handlers;		/* cycles in handlers since the start */
	uint64_t busy[UNITRON_TRACE_TASKS];	/* cycles of each task; 0: of Linux, or idle */
	char	 application[UNITRON_TRACE_NAME];
	char	 task[UNITRON_TRACE_TASKS][UNITRON_TRACE_NAME];
	char	 object[UNITRON_TRACE_OBJECTS][UNITRON_TRACE_NAME];	/* exported ones, in their order; from 1 */
};
