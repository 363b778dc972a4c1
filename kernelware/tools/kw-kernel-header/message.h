/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors, memory and text for kw-kernel-header.
 *
 * Each request is worked on inside ATTEMPT(): an error in it is printed and
 * ends the attempt, and the next request has its turn, so that one run reports
 * all errors. Memory is given back all at once, by memory_release().
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* Where in the user's source a request stands; file may be a null pointer. */
struct place {
	const char *file;
	unsigned int line;	/* 0: not known */
};

/* if (ATTEMPT()) { ...may call fail()... } attempt_end(); attempts do not nest. */
extern jmp_buf attempt_point;
#define ATTEMPT() (attempt_begin(), setjmp(attempt_point) == 0)
void attempt_begin(void);
void attempt_end(void);

/* Print "FILE:LINE: error: ..." and end the attempt; outside of one, the program. */
_Noreturn void fail(const struct place *place, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same, and go on. */
void report(const struct place *place, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Errors since the start or the last call */
unsigned int errors_taken(void);
extern int errors_quiet;	/* count, do not print: for fuzzing */

/* Zeroed memory; never a null pointer. */
void *allocate(size_t size);
char *copy_of(const char *text, size_t length);
char *format_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
void memory_release(void);

/* Text that grows. More than TEXT_LIMIT bytes are an error: odd input may ask for ever more. */
#define TEXT_LIMIT (8u << 20)
struct text {
	char *bytes;
	size_t length;
	size_t room;
};
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
