/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tools say. Much of it names files of images, whose names may hold anything. */
#ifndef LKL_TOOLS_MESSAGE_H
#define LKL_TOOLS_MESSAGE_H

#include <stdio.h>

/* The text as it is, but to a terminal with ? for control characters, which could do anything there. */
void print_name(FILE *to, const char *text);

/* A message on standard error: "<program's name>: <format filled in>" and a line's end. */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same: "<what>: <text of error>", error as a positive errno. */
void complain(const char *what, int error);

#endif
