// SPDX-License-Identifier: BSD-2-Clause
/*
 * Making processes: before the library kernel runs as ever; then it fails with
 * ENOSYS and one message, since a copy of the process would have the kernel's
 * memory without its threads and devices. What starts another program at once
 * (posix_spawn(), system(), popen()) works.
 */
#define _GNU_SOURCE
#include <pty.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "preload.h"

static int refused(const char *name)
{
	static int told;

	if (!library_runs() || run_forked)
		return 0;
	if (!__atomic_exchange_n(&told, 1, __ATOMIC_RELAXED))
		complain("%s failed: %s (process %d) uses the library kernel, which a second process can't share; have it work in one "
			 "process (nginx: daemon off, master_process off; redis: daemonize no, save \"\", appendonly no)",
			 name, program_invocation_short_name, getpid());
	errno = ENOSYS;
	return 1;
}

EXPORT pid_t fork(void)
{
	return refused("fork()") ? -1 : NEXT(fork)();
}

/* The C library's own can't be called from here: its caller's frame would be gone. */
EXPORT pid_t vfork(void)
{
	return refused("vfork()") ? -1 : NEXT(fork)();
}

EXPORT int clone(int (*function)(void *argument), void *stack, int flags, void *argument, ...)
{
	va_list arguments;
	void *parent, *tls, *child;

	va_start(arguments, argument);
	parent = va_arg(arguments, void *);
	tls = va_arg(arguments, void *);
	child = va_arg(arguments, void *);
	va_end(arguments);
	if (!(flags & CLONE_VM) && refused("clone()"))
		return -1;
	return NEXT(clone)(function, stack, flags, argument, parent, tls, child);
}

EXPORT int daemon(int keep_directory, int keep_files)
{
	return refused("daemon()") ? -1 : NEXT(daemon)(keep_directory, keep_files);
}

EXPORT pid_t forkpty(int *fd, char *name, const struct termios *terminal, const struct winsize *size)
{
	return refused("forkpty()") ? -1 : NEXT(forkpty)(fd, name, terminal, size);
}

EXPORT void _exit(int status)
{
	library_finish();
	/* Not the C library's: it may call the other one of the two. */
	syscall(SYS_exit_group, status);
	abort();
}

EXPORT void _Exit(int status)
{
	_exit(status);
}
