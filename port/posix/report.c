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

/* Append to line, of which used bytes are taken; returns bytes taken then. */
static size_t __attribute__((format(printf, 4, 0)))
append(char *line, size_t size, size_t used, const char *fmt, va_list args)
{
	int n = vsnprintf(line + used, size - used, fmt, args);

	if (n < 0)
		return used;
	return used + (size_t)n < size ? used + (size_t)n : size - 1;
}

static void report_line(const char *fmt, va_list args)
{
	char line[512];
	size_t used;
	int n = snprintf(line, sizeof(line), "%s: ", kernel_application);

	used = n < 0 ? 0 : (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;
	used = append(line, sizeof(line) - 1, used, fmt, args);
	line[used++] = '\n';
	for (size_t done = 0; done < used;) {
		ssize_t written = write(STDERR_FILENO, line + done, used - done);

		if (written < 0 && errno != EINTR)
			return;
		if (written > 0)
			done += (size_t)written;
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
