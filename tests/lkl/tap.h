/* SPDX-License-Identifier: BSD-2-Clause */
/* Test points in TAP for the programs of this directory. Single-threaded. */
#ifndef TESTS_LKL_TAP_H
#define TESTS_LKL_TAP_H

#include <stdarg.h>
#include <stdio.h>

static int tap_points, tap_failures;

/* One test point, named as by printf(). Returns what was tested. */
static inline __attribute__((format(printf, 2, 3))) int ok(int good, const char *format, ...)
{
	va_list arguments;

	printf("%sok %d - ", good ? "" : "not ", ++tap_points);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	tap_failures += !good;
	return good;
}

/* The plan, and the exit status of the program. */
static inline int done_testing(void)
{
	printf("1..%d\n", tap_points);
	return tap_failures != 0;
}

#endif
