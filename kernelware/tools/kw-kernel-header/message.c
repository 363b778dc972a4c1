/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors, memory and text: see message.h.
 */
#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

jmp_buf attempt_point;
int errors_quiet;

static int in_attempt;
static unsigned int errors;

/* Blocks form a list, to be given back together. */
struct block {
	struct block *next;
	max_align_t bytes[];
};
static struct block *blocks;

void attempt_begin(void)
{
	in_attempt = 1;
}

void attempt_end(void)
{
	in_attempt = 0;
}

static void print(const struct place *place, const char *format, va_list list)
{
	errors++;
	if (errors_quiet)
		return;
	if (place != NULL && place->file != NULL && place->line != 0)
		fprintf(stderr, "%s:%u: error: ", place->file, place->line);
	else
		fprintf(stderr, "kw-kernel-header: ");
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
}

void report(const struct place *place, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print(place, format, list);
	va_end(list);
}

_Noreturn void fail(const struct place *place, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print(place, format, list);
	va_end(list);
	if (in_attempt)
		longjmp(attempt_point, 1);
	exit(2);
}

unsigned int errors_taken(void)
{
	unsigned int count = errors;

	errors = 0;
	return count;
}

void *allocate(size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);

	if (block == NULL)
		fail(NULL, "out of memory");
	block->next = blocks;
	blocks = block;
	return block->bytes;
}

void memory_release(void)
{
	while (blocks != NULL) {
		struct block *next = blocks->next;

		free(blocks);
		blocks = next;
	}
}

char *copy_of(const char *text, size_t length)
{
	char *copy = allocate(length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *format_of(const char *format, ...)
{
	va_list list;
	int length;
	char *made;

	va_start(list, format);
	length = vsnprintf(NULL, 0, format, list);
	va_end(list);
	if (length < 0 || (unsigned int)length > TEXT_LIMIT)
		fail(NULL, "a declaration of more than %u MB", TEXT_LIMIT >> 20);
	made = allocate((size_t)length + 1);
	va_start(list, format);
	vsnprintf(made, (size_t)length + 1, format, list);
	va_end(list);
	return made;
}

void text_add(struct text *text, const char *format, ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(NULL, 0, format, list);
	va_end(list);
	if (length < 0 || text->length + (size_t)length > TEXT_LIMIT)
		fail(NULL, "a header of more than %u MB", TEXT_LIMIT >> 20);
	if (text->length + (size_t)length >= text->room) {
		size_t room = 2 * (text->length + (size_t)length) + 256;
		char *bytes = allocate(room);

		if (text->length != 0)
			memcpy(bytes, text->bytes, text->length);
		text->bytes = bytes;
		text->room = room;
	}
	va_start(list, format);
	vsnprintf(text->bytes + text->length, text->room - text->length, format, list);
	va_end(list);
	text->length += (size_t)length;
}
