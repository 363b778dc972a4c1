/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vlog's lines to standard output. In simulated time each is written at once,
 * however long that takes; in real time only as long as writing does not wait,
 * and the rest when the CPU is idle. At the end all of them are written.
 * Masked, except port_log_kick.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "posix.h"

static char buffer[4096];		/* of PIPE_BUF bytes: POLLOUT of a pipe promises room for those */
static size_t filled;

static void buffer_fill(void)
{
	SIZE length;

	while (filled + VLOG_MAX + 1 <= sizeof(buffer)) {
		length = kernel_log_read(buffer + filled, VLOG_MAX);
		if (!length)
			return;
		filled += length;
		buffer[filled++] = '\n';
	}
}

static bool output_ready(bool wait)
{
	struct pollfd output = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&output, 1, wait ? -1 : 0) > 0;
}

/* False: some is left because writing it would wait. */
static bool log_write(bool wait)
{
	static bool busy;
	bool all = true;
	ssize_t n;

	if (busy)			/* a fault in here */
		return true;
	busy = true;
	for (buffer_fill(); filled; buffer_fill()) {
		if (!wait && !output_ready(false)) {
			all = false;
			break;
		}
		n = write(STDOUT_FILENO, buffer, filled);
		if (n < 0 && errno == EAGAIN)
			output_ready(wait);
		else if (n < 0 && errno != EINTR)
			filled = 0;	/* nobody listens */
		if (n > 0) {
			filled -= (size_t)n;
			memmove(buffer, buffer + n, filled);
		}
	}
	busy = false;
	return all;
}

void log_flush(void)
{
	log_write(true);
}

bool log_flush_some(void)
{
	return !log_write(false);
}

void port_log_kick(void)
{
	bool locked = port_cpu.locked;

	port_cpu.locked = true;
	log_write(!port_options.real);
	port_cpu.locked = locked;
	if (!locked && port_cpu.pending)
		port_take();
}
