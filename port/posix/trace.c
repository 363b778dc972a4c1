/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace of the process, linked with TRACE = 1: the environment variable
 * UNITRON_TRACE names a file that takes the place of the trace's memory. So it
 * is complete however the process ends, and can be read while it runs. Runs
 * once, before main.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <trace/trace.h>
#include "posix.h"

static void __attribute__((constructor)) trace_open(void)
{
	const char *name = getenv("UNITRON_TRACE");
	int fd;

	if (!name || !*name)
		return;
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || ftruncate(fd, sizeof(trace)) ||
	    mmap(&trace, sizeof(trace), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		report_and_exit(EXIT_HOST, "UNITRON_TRACE: %s: %s", name, strerror(errno));
	close(fd);
	trace.header.on = 1;
}
