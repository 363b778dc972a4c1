/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of the auditor, put together without the C library, whose copy in
 * the auditor's namespace shares nothing with the program's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char chars[512];	/* what does not fit is cut off */
	size_t length;
};

void text_add(struct text *text, const char *string);
void text_number(struct text *text, uint64_t number);

/* Write it, a newline added, to standard error in one piece. */
void text_show(struct text *text);

/* Read a hexadecimal number and the character behind it; false: there is none, or another character. */
bool text_read(const char **at, uint64_t *number, char behind);
