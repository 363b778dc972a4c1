/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waits in a system call until a signal comes; or aborts.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void on_alarm(int number)
{
	(void)number;
}

static __attribute__((noinline)) void waiting(void)
{
	alarm(1);
	pause();
	__asm__ volatile ("" : : : "memory");
}

int main(int argc, char **argv)
{
	(void)argv;
	signal(SIGALRM, on_alarm);
	if (argc > 1)
		abort();
	waiting();
	return 0;
}
