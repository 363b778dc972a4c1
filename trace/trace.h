/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Putting a record into the trace's ring. One CPU: a writer is interrupted by
 * another, never overtaken by one that runs beside it, so the place is taken by
 * one instruction and filled afterwards; what interrupts gets later places.
 */
#pragma once

#include <unitron/port.h>
#include <unitron/trace.h>

#ifndef TRACE_RECORDS
#define TRACE_RECORDS	16384
#endif

/* Whole pages, so that a host can map them elsewhere */
struct trace {
	struct unitron_trace_header header;
	struct unitron_trace_record record[TRACE_RECORDS];
} __attribute__((aligned(4096)));

extern struct trace trace;

_Static_assert((TRACE_RECORDS & (TRACE_RECORDS - 1)) == 0, "TRACE_RECORDS is a power of 2");

/* What a record is dated by. A port whose port_cycles() is one instruction says so here, for its call costs more. */
#ifndef TRACE_CLOCK
#define TRACE_CLOCK() port_cycles()
#endif

/* kind, call and id of a record as one word, above its number */
static inline uint64_t trace_event(uint8_t kind, uint8_t call, uint16_t id)
{
	return (uint64_t)kind << 32 | (uint64_t)call << 40 | (uint64_t)id << 48;
}

/* Any context; if tracing is on. now: TRACE_CLOCK() */
static inline void trace_put(uint64_t now, uint64_t event, uint64_t a, uint64_t b)
{
	uint32_t before = __atomic_fetch_add(&trace.header.newest, 1, __ATOMIC_RELAXED);
	/* Its place in bytes: the compiler would reckon it twice. */
	struct unitron_trace_record *record = (void *)((char *)trace.record + before % TRACE_RECORDS * sizeof(*record));
	volatile uint64_t *word = (volatile uint64_t *)&record->number;

	*word = 0;
	record->time = now;
	record->a = a;
	record->b = b;
	__atomic_signal_fence(__ATOMIC_RELEASE);
	*word = event | (uint32_t)(before + 1);
}

static inline void trace_name_copy(char *to, const char *from)
{
	int i;

	for (i = 0; i < UNITRON_TRACE_NAME - 1 && from && from[i]; i++)
		to[i] = from[i];
	to[i] = '\0';
}

_Static_assert(offsetof(struct unitron_trace_record, number) == 8 && offsetof(struct unitron_trace_record, id) == 14, "one word");
