/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Collected messages. They come from several passes (parsing, the compiler,
 * the checks); sorted by place they read as if one pass had gone through the
 * file. Two equal messages on one line are one.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "message.h"

struct message {
	struct message	*next;
	struct place	place;
	unsigned int	sequence;
	bool		error;
	const char	*text;
};

static struct message *messages;
static unsigned int message_count;
static unsigned int error_count;

static void add(struct place place, bool error, const char *code, const char *format, va_list arguments)
{
	struct message *message = memory_get(sizeof(*message));
	char text[2048];

	vsnprintf(text, sizeof(text), format, arguments);
	message->place = place;
	message->sequence = message_count++;
	message->error = error;
	if (code != NULL)
		message->text = memory_format("%s (%s)", text, code);
	else
		message->text = memory_string(text, strlen(text));
	message->next = messages;
	messages = message;
	if (error)
		error_count++;
}

void error_at(struct place place, const char *code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(place, true, code, format, arguments);
	va_end(arguments);
}

void warning_at(struct place place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(place, false, NULL, format, arguments);
	va_end(arguments);
}

unsigned int messages_errors(void)
{
	return error_count;
}

static int compare(const void *left, const void *right)
{
	const struct message *a = *(const struct message *const *)left;
	const struct message *b = *(const struct message *const *)right;

	if (a->place.order != b->place.order)
		return a->place.order < b->place.order ? -1 : 1;
	return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

void messages_print(FILE *out)
{
	struct message **sorted = memory_get(message_count * sizeof(*sorted) + 1);
	struct table seen = { 0 };
	unsigned int count = 0;

	for (struct message *message = messages; message != NULL; message = message->next)
		sorted[count++] = message;
	qsort(sorted, count, sizeof(*sorted), compare);
	for (unsigned int i = 0; i < count; i++) {
		struct place place = sorted[i]->place;
		char *line = memory_format("%s:%u: %s: %s", place.file, place.line,
					   sorted[i]->error ? "error" : "warning", sorted[i]->text);

		if (table_find(&seen, line) != NULL)
			continue;
		table_add(&seen, line, line);
		fprintf(out, "%s\n", line);
	}
}

void messages_forget(void)
{
	messages = NULL;
	message_count = 0;
	error_count = 0;
}

void fatal(const char *format, ...)
{
	va_list arguments;

	fputs("unitron-cfg: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(2);
}
