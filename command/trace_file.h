/* SPDX-License-Identifier: BSD-2-Clause */
/* A trace that has been read: its records in order of time, and what is derived from them. */
#pragma once

#include <stddef.h>
#include <unitron/trace.h>

/* Who, besides tasks */
enum {
	CONTEXT_HANDLERS = UNITRON_TRACE_TASKS,
	CONTEXT_UNKNOWN,		/* what told it has been overwritten */
	CONTEXTS
};

struct trace_event {
	struct unitron_trace_record record;
	double us;			/* since the first record */
	unsigned int who;		/* whose record it is: a task; 0: nobody's; or CONTEXT_... */
	unsigned int next;		/* who runs after it */
};

struct trace_file {
	struct unitron_trace_header header;
	struct trace_event *events;
	size_t count;
	uint32_t lost;			/* overwritten since the application was loaded */
};

/* Read and check. 0; else an exit code, after a message that names the file and what is wrong with it. */
int	trace_load(struct trace_file *trace, const char *path);
void	trace_free(struct trace_file *trace);
/* "BLINK", "task 300", "-", "handler" or "?" */
const char *trace_who(const struct trace_file *trace, unsigned int who);
/* "SETPOINT", "object 70": an exported object */
const char *trace_object(const struct trace_file *trace, unsigned int object);
/* "wai_sem"; NULL for a number that is not known */
const char *trace_call_name(unsigned int call);
/* How many of its arguments a record holds: 0 to 2 */
unsigned int trace_call_arguments(unsigned int call);
/* "E_OK", "E_TMOUT", or the number */
const char *trace_result(int64_t result);

/* Writers: one format each. 0, or an exit code after a message. */
int	trace_write_text(const struct trace_file *trace, FILE *to);
int	trace_write_perfetto(const struct trace_file *trace, FILE *to);
