/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints its process id: an ordinary program, which kwcc makes one that runs in kernel mode. */
#include <sys/types.h>
#include <unistd.h>
#include <stdio.h>

int
main(int argc, char *argv[])
{
	pid_t pid;

	pid = getpid();
	printf("proc(%d): Hello, world.\n", pid);
	return 0;
}
