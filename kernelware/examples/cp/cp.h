/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of kw-cp share: options, messages, and one file's copy
 * (file.c).
 */
#pragma once

#include <stdbool.h>

struct options {
	bool force;		/* -f */
	bool preserve;		/* -p */
	bool verbose;		/* -v */
};

/* "kw-cp: " message on standard error, and ": " with the error's text if error is not 0 */
void complain(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Copies a file to this path, which is no directory; complains. 0 or -1. */
int file_copy(const char *source, const char *target, const struct options *options);
