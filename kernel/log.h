/* SPDX-License-Identifier: BSD-2-Clause */
/* The log ring, as far as the rest of the kernel has to do with it. */
#pragma once

#include <stdarg.h>
#include <unitron/port.h>

/* No task is in vlog any more: give up all lines that were being written. */
void	kernel_log_initialize(void);
/* The task ends inside vlog: give up the lines it was writing. */
void	kernel_log_abandon(ID tskid);
/* Write what fmt and args say to text, size bytes at most; returns the length. No terminating 0. */
SIZE	kernel_log_format(char *text, SIZE size, const char *fmt, va_list args);
