/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of the start code: one write(2) a line.
 */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <stdarg.h>

#include "start.h"

const char *kw_program;

int kw_same(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static unsigned int append(char *line, unsigned int length, unsigned int limit, const char *text)
{
	while (*text != '\0' && length < limit)
		line[length++] = *text++;
	return length;
}

void kw_message(const char *first, ...)
{
	char line[1024];
	const char *piece = kw_program != 0 ? kw_program : "kwcc";
	unsigned int length = 0;
	va_list list;

	/* The last path component, as the C library's program_invocation_short_name */
	for (const char *at = piece; *at != '\0'; at++) {
		if (*at == '/' && at[1] != '\0')
			piece = at + 1;
	}
	length = append(line, length, 200, piece);
	length = append(line, length, sizeof(line) - 1, ": ");
	va_start(list, first);
	for (piece = first; piece != 0; piece = va_arg(list, const char *))
		length = append(line, length, sizeof(line) - 1, piece);
	va_end(list);
	line[length++] = '\n';
	kw_sys(__NR_write, 2, (long)line, length, 0);
}

const char *kw_error_text(long error)
{
	if (error == -ENOENT || error == -ENXIO)
		return "no such file";
	if (error == -EACCES || error == -EPERM)
		return "permission denied";
	if (error == -ENOMEM)
		return "out of memory";
	if (error == -EMFILE || error == -ENFILE)
		return "too many open files";
	if (error == -EOPNOTSUPP)
		return "programs with shadow stacks can't be served";
	return "unexpected error";
}
