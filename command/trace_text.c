/* SPDX-License-Identifier: BSD-2-Clause */
/* A trace as text: a line for each record, for people and grep. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "command.h"
#include "trace_file.h"

static void describe(const struct trace_file *trace, const struct unitron_trace_record *record, FILE *to)
{
	const char *call = trace_call_name(record->call);

	switch (record->kind) {
	case UNITRON_TRACE_START:
		fprintf(to, "start");
		break;
	case UNITRON_TRACE_DISPATCH:
		fprintf(to, "-> %s", trace_who(trace, record->id));
		break;
	case UNITRON_TRACE_CALL:
		fprintf(to, "%s(", call ? call : "?");
		if (trace_call_arguments(record->call) > 0)
			fprintf(to, "%" PRId64, (int64_t)record->a);
		if (trace_call_arguments(record->call) > 1)
			fprintf(to, ", %" PRId64, (int64_t)record->b);
		fputc(')', to);
		break;
	case UNITRON_TRACE_RETURN:
		fprintf(to, "%s = %s", call ? call : "?", trace_result((int64_t)record->a));
		break;
	case UNITRON_TRACE_TIMER:
		fprintf(to, "timer, tick %" PRIu64, record->a);
		break;
	case UNITRON_TRACE_INTERRUPT:
		fprintf(to, "interrupt %u", record->id);
		break;
	case UNITRON_TRACE_EXCEPTION:
		fprintf(to, "exception %" PRIu64 " at 0x%" PRIx64 " in %s", record->a, record->b, trace_who(trace, record->id));
		break;
	case UNITRON_TRACE_KICK:
		fprintf(to, "kick, %s", record->id ? trace_object(trace, record->id) : "log");
		break;
	case UNITRON_TRACE_BELL:
		fprintf(to, "bell");
		break;
	case UNITRON_TRACE_MOVED:
		fprintf(to, "%" PRIu64 " moved, %s", record->a, trace_object(trace, record->id));
		break;
	default:
		fprintf(to, "handled -> %s", trace_who(trace, record->id));
		break;
	}
}

int trace_write_text(const struct trace_file *trace, FILE *to)
{
	fprintf(to, "# %s: %zu records, %" PRIu32 " older ones were overwritten; microseconds\n", trace->header.application, trace->count,
		trace->lost);
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_event *event = &trace->events[i];

		fprintf(to, "%14.3f  %-16s ", event->us, trace_who(trace, event->who));
		describe(trace, &event->record, to);
		fputc('\n', to);
	}
	return ferror(to) ? fail("the output could not be written: %s", strerror(errno)) : 0;
}
