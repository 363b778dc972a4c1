/* SPDX-License-Identifier: GPL-2.0-only */
/* What the Linux half tells the delivery unit of the trace; linked with TRACE = 1. Overrides what port.c says. */
#include <trace/trace.h>
#include "app.h"

const struct port_trace port_trace = {
	.memory = &trace, .size = sizeof(trace), .on = &trace.header.on,
	.busy = trace.header.busy, .busy_count = UNITRON_TRACE_TASKS, .handlers = &trace.header.handlers,
};
