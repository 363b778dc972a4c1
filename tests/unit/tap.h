/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few lines that a unit test needs: TAP on standard output, a repeatable
 * source of random numbers, and the exit status.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static unsigned int tap_count, tap_failures;

static inline bool tap_report(bool good, const char *what, const char *file, int line)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++tap_count, what);
	if (!good) {
		printf("# failed at %s:%d\n", file, line);
		tap_failures++;
	}
	return good;
}

#define ok(condition, what)	tap_report((condition), (what), __FILE__, __LINE__)

static inline int tap_end(void)
{
	printf("1..%u\n", tap_count);
	return tap_failures != 0;
}

static inline uint32_t tap_random(uint32_t below)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) % below);
}
