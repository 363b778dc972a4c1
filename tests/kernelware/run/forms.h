/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions written by hand (forms.S), one for each thing that may stand around
 * a SYSCALL, and what the patcher has to find there.
 */
#pragma once

#include <stdint.h>

struct form {
	const char *name;
	long (*function)(long a, long b, long c);
	const uint8_t *call;		/* the SYSCALL */
	int64_t verdict;		/* of enum verdict; NO_SITE: it is none */
	int64_t window;			/* how far before the call; 0 unless the verdict is SITE_GOOD */
	int64_t number;			/* of the system call, -1: not known */
	int64_t runs;			/* may be called with (0, 0, 0), and returns the same each time */
};

#define NO_SITE	-1

extern const struct form forms[];
extern const struct form forms_end[];
