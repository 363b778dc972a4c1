/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a trace: the bytes of <unitron/trace.h>, from a file or from the
 * kernel while it is written. Nothing in it is believed before it is checked.
 */
#include <stdlib.h>
#include <string.h>
#include <itron/kernel.h>
#include "command.h"
#include "trace_file.h"

static const struct {
	const char *name;
	unsigned int arguments;
} calls[] = {
#define CALL_0(result, name)			{ #name, 0 },
#define CALL_1(result, name, t1)		{ #name, 1 },
#define CALL_2(result, name, t1, t2)		{ #name, 2 },
#define CALL_3(result, name, t1, t2, t3)	{ #name, 2 },
#define CALL_4(result, name, t1, t2, t3, t4)	{ #name, 2 },
#define CALL_5(result, name, t1, t2, t3, t4, t5) { #name, 2 },
#define NEVER_0(name)				{ #name, 0 },
#define NEVER_1(name, t1)			{ #name, 1 },
#define SILENT_1(name, t1)			{ #name, 1 },
#define EXCHANGE_3(result, name, t1, t2, t3)	{ #name, 2 },
#include <unitron/trace_calls.h>
};

const char *trace_call_name(unsigned int call)
{
	return call < UNITRON_TRACE_CALLS ? calls[call].name : NULL;
}

unsigned int trace_call_arguments(unsigned int call)
{
	return call < UNITRON_TRACE_CALLS ? calls[call].arguments : 2;
}

const char *trace_result(int64_t result)
{
	static const struct {
		int value;
		const char *name;
	} errors[] = {
#define ERROR(name) { name, #name }
		ERROR(E_OK), ERROR(E_SYS), ERROR(E_NOSPT), ERROR(E_RSFN), ERROR(E_RSATR), ERROR(E_PAR), ERROR(E_ID),
		ERROR(E_CTX), ERROR(E_MACV), ERROR(E_OACV), ERROR(E_ILUSE), ERROR(E_NOMEM), ERROR(E_NOID), ERROR(E_OBJ),
		ERROR(E_NOEXS), ERROR(E_QOVR), ERROR(E_RLWAI), ERROR(E_TMOUT), ERROR(E_DLT), ERROR(E_CLS),
	};
	static char number[24];

	for (unsigned int i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].value == result)
			return errors[i].name;
	snprintf(number, sizeof(number), "%lld", (long long)result);
	return number;
}

const char *trace_who(const struct trace_file *trace, unsigned int who)
{
	static char number[24];

	if (who == CONTEXT_HANDLERS)
		return "handler";
	if (who == CONTEXT_UNKNOWN)
		return "?";
	if (who == 0)
		return "-";
	if (who < UNITRON_TRACE_TASKS && trace->header.task[who][0])
		return trace->header.task[who];
	snprintf(number, sizeof(number), "task %u", who);
	return number;
}

const char *trace_object(const struct trace_file *trace, unsigned int object)
{
	static char number[24];

	if (object < UNITRON_TRACE_OBJECTS && trace->header.object[object][0])
		return trace->header.object[object];
	snprintf(number, sizeof(number), "object %u", object);
	return number;
}

static int check(struct unitron_trace_header *header, const char *path, const char *bytes, size_t size)
{
	if (size < sizeof(*header))
		return fail("%s: %zu bytes are too few for a trace", path, size);
	memcpy(header, bytes, sizeof(*header));
	if (header->magic == 0 && header->newest == 0)
		return fail("%s: the application has not been started yet", path);
	if (header->magic != UNITRON_TRACE_MAGIC)
		return fail("%s: not a trace of Unitron", path);
	if (header->version != UNITRON_TRACE_VERSION || header->size != sizeof(*header) ||
	    header->record_size != sizeof(struct unitron_trace_record))
		return fail("%s: a trace of version %u; this command reads version %u", path, header->version, UNITRON_TRACE_VERSION);
	if (!header->count || header->count & (header->count - 1) || header->count > (size - header->size) / header->record_size)
		return fail("%s: cut off, or damaged: %u records do not fit into %zu bytes", path, header->count, size);
	header->application[UNITRON_TRACE_NAME - 1] = '\0';
	for (int i = 0; i < UNITRON_TRACE_TASKS; i++)
		header->task[i][UNITRON_TRACE_NAME - 1] = '\0';
	for (int i = 0; i < UNITRON_TRACE_OBJECTS; i++)
		header->object[i][UNITRON_TRACE_NAME - 1] = '\0';
	return 0;
}

/* By number; numbers go round. A record of time before its number (a dispatch found later) is put where its time is. */
static uint32_t newest;

static int by_age(const void *a, const void *b)
{
	const struct trace_event *x = a, *y = b;
	uint32_t age_x = newest - x->record.number, age_y = newest - y->record.number;

	if (x->record.time != y->record.time)
		return x->record.time < y->record.time ? -1 : 1;
	return age_x > age_y ? -1 : age_x < age_y;
}

/* Who ran, record by record; what a handler interrupted comes back with HANDLED. */
static void derive(struct trace_file *trace)
{
	unsigned int who = trace->lost ? CONTEXT_UNKNOWN : 0;

	for (size_t i = 0; i < trace->count; i++) {
		struct trace_event *event = &trace->events[i];
		const struct unitron_trace_record *record = &event->record;
		uint64_t cycles = record->time - trace->events[0].record.time;

		event->us = (double)cycles * (double)trace->header.ns_per_cycle / 4294967296.0 / 1000.0;
		if (record->kind == UNITRON_TRACE_TIMER || record->kind == UNITRON_TRACE_INTERRUPT || record->kind == UNITRON_TRACE_EXCEPTION)
			who = CONTEXT_HANDLERS;
		event->who = who;
		if (record->kind == UNITRON_TRACE_DISPATCH || record->kind == UNITRON_TRACE_HANDLED)
			who = record->id;
		else if (record->kind == UNITRON_TRACE_START)
			who = 0;
		event->next = who;
	}
}

int trace_load(struct trace_file *trace, const char *path)
{
	const struct unitron_trace_record *records;
	size_t size;
	char *bytes = read_file(path, &size);
	int status;

	memset(trace, 0, sizeof(*trace));
	if (!bytes)
		return COMMAND_FAILED;
	status = check(&trace->header, path, bytes, size);
	if (status)
		goto out;
	trace->events = calloc(trace->header.count, sizeof(*trace->events));
	if (!trace->events) {
		status = fail("no memory for %u records", trace->header.count);
		goto out;
	}
	records = (const void *)(bytes + trace->header.size);
	newest = trace->header.newest;
	for (uint32_t i = 0; i < trace->header.count; i++) {
		/* Being written, or from a round that the others have left behind */
		if (!records[i].number || (records[i].number - 1) % trace->header.count != i || newest - records[i].number >= trace->header.count)
			continue;
		if (records[i].kind == UNITRON_TRACE_NONE || records[i].kind >= UNITRON_TRACE_KINDS)
			continue;
		trace->events[trace->count++].record = records[i];
	}
	trace->lost = newest > trace->count ? newest - trace->count : 0;
	qsort(trace->events, trace->count, sizeof(*trace->events), by_age);
	derive(trace);
out:
	free(bytes);
	return status;
}

void trace_free(struct trace_file *trace)
{
	free(trace->events);
	trace->events = NULL;
}
