/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unit test of kernel/log_format.c (TAP): each conversion that vlog knows,
 * against snprintf [LOG-2]; the rest against literal lines.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../kernel/log.h"
#include "tap.h"

static char line[VLOG_MAX + 1];

static const char *format(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line[kernel_log_format(line, VLOG_MAX, fmt, args)] = '\0';
	va_end(args);
	return line;
}

/* As C's printf does. */
#define same(...)								\
	do {									\
		char wanted[400];						\
		snprintf(wanted, sizeof(wanted), __VA_ARGS__);			\
		if (!ok(!strcmp(format(__VA_ARGS__), wanted), "[LOG-2] " #__VA_ARGS__))	\
			printf("# wanted \"%s\", got \"%s\"\n", wanted, line);	\
	} while (0)

#define exactly(wanted, tag, ...)						\
	do {									\
		if (!ok(!strcmp(format(__VA_ARGS__), wanted), tag " " #__VA_ARGS__))	\
			printf("# wanted \"%s\", got \"%s\"\n", wanted, line);	\
	} while (0)

static void test_numbers(void)
{
	same("%d %i %d", 0, -1, INT_MAX);
	same("%d", INT_MIN);
	same("%ld %lld", LONG_MIN, LLONG_MAX);
	same("%u %lu %llu", UINT_MAX, ULONG_MAX, ULLONG_MAX);
	same("%zu", (size_t)SIZE_MAX);
	same("%x %X %lx", 0xdeadbeefU, 0xdeadbeefU, 0x123456789abcdefUL);
	same("%p", (void *)(uintptr_t)0x1234abcd);
	same("[%5d] [%-5d] [%05d]", 42, 42, 42);
	same("[%5d] [%-5d] [%05d]", -42, -42, -42);
	same("[%3x] [%08lx] [%-9X]", 0x12345U, 0xabcdUL, 0xabcU);
	same("[%20p] [%-20p]", (void *)&line, (void *)&line);
	same("[%1d]", 12345);
}

static void test_text(void)
{
	exactly("plain", "[LOG-1]", "plain");
	exactly("", "[LOG-1]", "%s", "");
	same("%c%c", 'a', 'Z');
	same("[%3c] [%-3c]", 'a', 'b');
	same("%s and %s", "this", "that");
	same("[%6s] [%-6s] [%2s]", "abc", "abc", "abc");
	same("100%%");
	exactly("(null)", "[LOG-2]", "%s", (char *)NULL);
	exactly("%q 7", "[LOG-3]", "%q %d", 7);
	exactly("50%", "[LOG-3]", "50%");
	exactly("%-05", "[LOG-3]", "%-05");
}

static void test_cut(void)
{
	static char text[1000];
	char small[8] = "#######";
	va_list none;

	memset(text, 'x', sizeof(text) - 1);
	format("%s", text);
	ok(strlen(line) == VLOG_MAX && !memcmp(line, text, VLOG_MAX), "[LOG-4] a long string is cut to VLOG_MAX");
	format("%-999999999d", 1);
	ok(strlen(line) == VLOG_MAX && line[0] == '1', "[LOG-4] an absurd width is cut to VLOG_MAX");
	memset(&none, 0, sizeof(none));
	ok(kernel_log_format(small, 3, "abcdef", none) == 3 && !strcmp(small, "abc####"), "[LOG-4] nothing is written behind the buffer");
	ok(kernel_log_format(small, 0, "abcdef", none) == 0 && small[0] == 'a', "[LOG-4] a buffer of size 0 stays as it is");
}

int main(void)
{
	test_numbers();
	test_text();
	test_cut();
	return tap_end();
}
