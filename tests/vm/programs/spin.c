/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts as fast as it can for the given milliseconds and prints how far it came: how much of the CPU a process gets. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long long end = now_ns() + (argc > 1 ? atoll(argv[1]) : 1000) * 1000000;
	unsigned long rounds = 0;

	do {
		for (volatile int i = 0; i < 1000; i++)
			;
		rounds++;
	} while (now_ns() < end);
	printf("%lu\n", rounds);
	return 0;
}
