/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace as JSON in the trace event format, which Perfetto's viewer and
 * chrome://tracing read: one track shows who has the CPU, one for each task
 * (and one for handlers) its service calls from entry to return.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include "command.h"
#include "trace_file.h"

enum { PROCESS_CPU = 1, PROCESS_CALLS = 2 };

/* Takes over more, which may be NULL. */
static void add(json_t *events, json_t *event, json_t *more)
{
	if (more)
		json_object_set_new(event, "args", more);
	json_array_append_new(events, event);
}

static void name(json_t *events, const char *what, int process, unsigned int track, const char *text)
{
	add(events, json_pack("{s:s, s:s, s:i, s:i}", "ph", "M", "name", what, "pid", process, "tid", (int)track), json_pack("{s:s}", "name", text));
}

static void slice(json_t *events, const struct trace_file *trace, unsigned int who, double from, double to)
{
	add(events, json_pack("{s:s, s:s, s:i, s:i, s:f, s:f}", "ph", "X", "name", who ? trace_who(trace, who) : "Linux",
			      "pid", PROCESS_CPU, "tid", 1, "ts", from, "dur", to - from), NULL);
}

static void call(json_t *events, const struct trace_event *event, bool begins)
{
	const struct unitron_trace_record *record = &event->record;
	const char *text = trace_call_name(record->call);
	json_t *more = begins ? json_pack("{s:I, s:I}", "a", (json_int_t)record->a, "b", (json_int_t)record->b) :
				json_pack("{s:s}", "result", trace_result((int64_t)record->a));

	add(events, json_pack("{s:s, s:s, s:i, s:i, s:f}", "ph", begins ? "B" : "E", "name", text ? text : "?",
			      "pid", PROCESS_CALLS, "tid", (int)event->who, "ts", event->us), more);
}

static void instant(json_t *events, const struct trace_event *event, const char *text, json_t *more)
{
	add(events, json_pack("{s:s, s:s, s:s, s:i, s:i, s:f}", "ph", "i", "s", "t", "name", text,
			      "pid", PROCESS_CALLS, "tid", (int)event->who, "ts", event->us), more);
}

static void convert(json_t *events, const struct trace_file *trace)
{
	unsigned int running = trace->count ? trace->events[0].who : 0;
	bool used[CONTEXTS] = { false };
	double since = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_event *event = &trace->events[i];
		const struct unitron_trace_record *record = &event->record;

		/* A handler begins with its record, a task after that of the dispatch. */
		for (int after = 0; after < 2; after++) {
			unsigned int who = after ? event->next : event->who;

			if (who == running)
				continue;
			slice(events, trace, running, since, event->us);
			running = who;
			since = event->us;
		}
		if (event->who < CONTEXTS)
			used[event->who] = true;
		if (record->kind == UNITRON_TRACE_CALL || record->kind == UNITRON_TRACE_RETURN)
			call(events, event, record->kind == UNITRON_TRACE_CALL);
		else if (record->kind == UNITRON_TRACE_TIMER)
			instant(events, event, "timer", json_pack("{s:I}", "tick", (json_int_t)record->a));
		else if (record->kind == UNITRON_TRACE_INTERRUPT)
			instant(events, event, "interrupt", json_pack("{s:i}", "number", (int)record->id));
		else if (record->kind == UNITRON_TRACE_EXCEPTION)
			instant(events, event, "exception", json_pack("{s:I, s:I}", "number", (json_int_t)record->a, "pc", (json_int_t)record->b));
		else if (record->kind == UNITRON_TRACE_KICK)
			instant(events, event, "kick", json_pack("{s:s}", "for", record->id ? trace_object(trace, record->id) : "log"));
		else if (record->kind == UNITRON_TRACE_BELL)
			instant(events, event, "bell", NULL);
		else if (record->kind == UNITRON_TRACE_MOVED)
			instant(events, event, "moved", json_pack("{s:s, s:I}", "object", trace_object(trace, record->id), "messages", (json_int_t)record->a));
	}
	if (trace->count)
		slice(events, trace, running, since, trace->events[trace->count - 1].us);
	name(events, "process_name", PROCESS_CPU, 1, "CPU");
	name(events, "thread_name", PROCESS_CPU, 1, "who runs");
	name(events, "process_name", PROCESS_CALLS, 0, trace->header.application);
	for (unsigned int who = 0; who < CONTEXTS; who++)
		if (used[who])
			name(events, "thread_name", PROCESS_CALLS, who, who ? trace_who(trace, who) : "Linux");
}

int trace_write_perfetto(const struct trace_file *trace, FILE *to)
{
	json_t *events = json_array(), *all = json_pack("{s:o, s:s}", "traceEvents", events, "displayTimeUnit", "ns");
	int status = 0;

	convert(events, trace);
	if (json_dumpf(all, to, JSON_COMPACT) || fputc('\n', to) == EOF)
		status = fail("the output could not be written: %s", strerror(errno));
	json_decref(all);
	return status;
}
