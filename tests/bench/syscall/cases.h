/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system calls of the thesis' Table 4.3 (cases.c): how each is prepared,
 * its arguments, and those of the kernel function that is called directly.
 */
#pragma once

#include "calls.h"

struct test {
	const char *name;
	long number;
	unsigned long function;		/* for the direct call */
	int fd;				/* its offset is set to 0 before each batch; -1: there is none */
	unsigned long argument[3];
	unsigned long direct[4];	/* arguments of the direct call */
	long result;			/* what both must return */
};

#define BLOCK		8192
#define TESTS_MOST	16

extern struct test tests[];
extern int test_count;

/*
 * Opens and fills what the tests use, in kernel mode; `directory`: on the file
 * system to measure; blocks: of the file. Ends the program on an error.
 */
void tests_prepare(const char *directory, unsigned long blocks);
