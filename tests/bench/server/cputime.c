// SPDX-License-Identifier: BSD-2-Clause
/*
 * cputime PID...: the time now and the CPU time that these processes have used
 * so far, with all their threads, dead ones too: both in ns, which are
 * instructions where 1 instruction takes 1 ns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long long ns(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t)) {
		perror("cputime: there is no such process");
		exit(1);
	}
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long long sum = 0;

	for (int i = 1; i < argc; i++) {
		clockid_t clock;

		if (clock_getcpuclockid(atoi(argv[i]), &clock)) {
			fprintf(stderr, "cputime: there is no process %s\n", argv[i]);
			return 1;
		}
		sum += ns(clock);
	}
	printf("%lld %lld\n", ns(CLOCK_MONOTONIC), sum);
	return 0;
}
