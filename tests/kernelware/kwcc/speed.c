/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints how long a system call of the C library takes, in ns of the guest's
 * clock: a program that names nothing of the kernel, so it runs in either mode.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define TIMES 20000

int main(void)
{
	struct timespec begin = { 0 }, end;

	for (int i = -100; i < TIMES; i++) {
		if (i == 0)
			clock_gettime(CLOCK_MONOTONIC, &begin);
		getppid();
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%ld\n", ((end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec) / TIMES);
	return 0;
}
