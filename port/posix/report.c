/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the port itself has to say: lines on standard error that start with the
 * application's name, after everything that the application logged. Any
 * context, signal handlers too: of the C library only vsnprintf without
 * floating point and write are used.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "posix.h"

static void report_line(const char *fmt, va_list args)
{
	char line[512];
	size_t used, done = 0;
	ssize_t n;

	/* vsnprintf returns what would have been written; the last byte is the newline's. */
	used = (size_t)snprintf(line, sizeof(line) - 1, "%s: ", kernel_application);
	if (used < sizeof(line) - 1)
		used += (size_t)vsnprintf(line + used, sizeof(line) - 1 - used, fmt, args);
	if (used > sizeof(line) - 2)
		used = sizeof(line) - 2;
	line[used++] = '\n';
	while (done < used) {
		n = write(STDERR_FILENO, line + done, used - done);
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0)
			done += (size_t)n;
	}
}

void report_and_exit(int status, const char *fmt, ...)
{
	static bool once;
	va_list args;

	port_cpu.locked = true;
	if (!once) {
		once = true;
		log_flush();
		va_start(args, fmt);
		report_line(fmt, args);
		va_end(args);
	}
	_exit(status);
}

const char *report_running(void)
{
	static char text[160];
	const char *handler = budget_handler_name();
	ID tskid = kernel_task_id(kernel.running);

	if (!kernel.started)
		return "initialisation";
	if (!handler && !tskid)
		return "idle";
	if (!handler)
		snprintf(text, sizeof(text), "task %d (%s)", tskid, kernel_task_name(tskid));
	else if (!tskid)
		snprintf(text, sizeof(text), "%s, interrupting idle", handler);
	else
		snprintf(text, sizeof(text), "%s, interrupting task %d (%s)", handler, tskid, kernel_task_name(tskid));
	return text;
}

void port_panic(const char *why)
{
	report_and_exit(EXIT_FAULT, "%s: %s: the real-time side is stopped", report_running(), why);
}
