/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In which mode a program runs, and those that it makes:
 *
 *	mode			a line: itself, a thread, what it forks, what that executes
 *	mode this		itself: kernel or user
 *	mode cost ROUNDS	nanoseconds of a getppid()
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *mode(void)
{
	unsigned short cs;

	__asm__ volatile ("mov %%cs, %0" : "=r" (cs));
	return cs & 3 ? "user" : "kernel";
}

static void *thread(void *argument)
{
	printf("thread %s\n", mode());
	return argument;
}

static void cost(long rounds)
{
	struct timespec begin, end;
	long i;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (i = 0; i < rounds; i++)
		getppid();
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%ld\n", ((end.tv_sec - begin.tv_sec) * 1000000000 + end.tv_nsec - begin.tv_nsec) / rounds);
}

int main(int argc, char **argv)
{
	pthread_t made;

	if (argc > 2 && strcmp(argv[1], "cost") == 0) {
		cost(atol(argv[2]));
		return 0;
	}
	printf("%s\n", mode());
	if (argc > 1)
		return 0;
	pthread_create(&made, NULL, thread, NULL);
	pthread_join(made, NULL);
	fflush(stdout);
	if (fork() == 0) {
		printf("forked %s, executed ", mode());
		fflush(stdout);
		execl("/proc/self/exe", "mode", "this", (char *)NULL);
		_exit(1);
	}
	return wait(NULL) < 0;
}
