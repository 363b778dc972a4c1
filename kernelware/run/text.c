/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of the auditor: see text.h.
 */
#include <unistd.h>

#include "text.h"

static void put(struct text *text, char c)
{
	/* One place is kept for the newline. */
	if (text->length < sizeof(text->chars) - 1)
		text->chars[text->length++] = c;
}

void text_add(struct text *text, const char *string)
{
	while (*string)
		put(text, *string++);
}

void text_number(struct text *text, uint64_t number)
{
	if (number >= 10)
		text_number(text, number / 10);
	put(text, (char)('0' + number % 10));
}

void text_show(struct text *text)
{
	text->chars[text->length++] = '\n';
	if (write(STDERR_FILENO, text->chars, text->length) < 0)
		text->length = 0;
	text->length = 0;
}

bool text_read(const char **at, uint64_t *number, char behind)
{
	const char *first = *at;
	uint64_t value = 0;

	for (;; (*at)++) {
		char c = **at;
		unsigned int digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned int)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned int)(c - 'a') + 10;
		else
			break;
		value = value << 4 | digit;
	}
	if (*at == first || **at != behind)
		return false;
	(*at)++;
	*number = value;
	return true;
}
