/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print_pid with the kernel's own means: the process id from the kernel's
 * struct of this process, and a second line to the kernel's log.
 */
#include <sys/types.h>
#include <stdio.h>

#pragma kernel struct task_struct pid
#pragma kernel function _printk

int
main(int argc, char *argv[])
{
	pid_t pid;

	pid = current->pid;
	printf("proc(%d): Hello, user.\n", pid);
	_printk("proc(%d): Hello, kernel.\n", pid);
	return 0;
}
