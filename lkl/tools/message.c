// SPDX-License-Identifier: BSD-2-Clause
/* Messages, and names from images on the way to a terminal. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

void print_name(FILE *to, const char *text)
{
	int terminal = isatty(fileno(to));

	for (; *text; text++)
		putc(terminal && ((unsigned char)*text < ' ' || *text == 127) ? '?' : *text, to);
}

void tell(const char *format, ...)
{
	char text[3 * PATH_MAX];	/* two paths and words */
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	flockfile(stderr);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	print_name(stderr, text);
	fputc('\n', stderr);
	funlockfile(stderr);
}

void complain(const char *what, int error)
{
	tell("%s: %s", what, strerror(error));
}
