/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the programs of this directory share: they run on the posix port only,
 * so they may use the C library; CASE in the environment says what to do.
 */
#pragma once

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unitron/ext.h>

static inline bool is_case(const char *name)
{
	const char *value = getenv("CASE");

	return value && !strcmp(value, name);
}

/* Ends the program with status 1 unless the condition holds. */
#define must(condition) \
	do { \
		if (!(condition)) { \
			vlog("line %d: not so: %s", __LINE__, #condition); \
			vstp_sys(1); \
		} \
	} while (0)

static inline void write_to(VP_INT address)
{
	__asm__ volatile("movl $1, (%0)" :: "r"(address) : "memory");
}

/*
 * Recurse until the stack is used up: depth is never reached, and the asm keeps
 * frame and call from being optimised away.
 */
static void __attribute__((noinline, unused)) overflow_stack(unsigned long depth)
{
	char frame[512];

	__asm__ volatile("" :: "r"(frame) : "memory");
	if (depth)
		overflow_stack(depth - 1);
	__asm__ volatile("" :: "r"(frame) : "memory");
}
