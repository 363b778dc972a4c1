/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few system calls that the start code needs.
 */
#include <asm/errno.h>
#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/utsname.h>

#include "start.h"

long kw_sys(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
	return result;
}

long kw_sys_open(const char *path)
{
	return kw_sys(__NR_openat, AT_FDCWD, (long)path, (kw_same(path, KW_DEVICE) ? O_RDWR : O_RDONLY) | O_CLOEXEC, 0);
}

long kw_sys_read_all(int fd, void *buffer, unsigned long size)
{
	unsigned long done = 0;

	while (done < size) {
		long got = kw_sys(__NR_read, fd, (long)buffer + (long)done, (long)(size - done), 0);

		if (got == -EINTR)
			continue;
		if (got < 0)
			return got;
		if (got == 0)
			break;
		done += (unsigned long)got;
	}
	return (long)done;
}

_Noreturn void kw_sys_exit(int status)
{
	for (;;)
		kw_sys(__NR_exit_group, status, 0, 0, 0);
}

_Noreturn void kw_sys_abort(void)
{
	kw_sys(__NR_kill, kw_sys(__NR_getpid, 0, 0, 0, 0), SIGABRT, 0, 0);
	kw_sys_exit(KW_EXIT);
}

void kw_release(char *release)
{
	struct new_utsname name;
	unsigned int i = 0;

	name.release[0] = '\0';
	kw_sys(__NR_uname, (long)&name, 0, 0, 0);
	for (; i < sizeof(name.release) - 1 && name.release[i] != '\0'; i++)
		release[i] = name.release[i];
	release[i] = '\0';
}
