/* SPDX-License-Identifier: BSD-2-Clause */
/* What the programs of the kernelware tests share: see common.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "common.h"

static uint32_t state = 1;

noreturn void fail(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

noreturn void fail_errno(const char *format, ...)
{
	int error = errno;
	va_list list;

	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf(": %s\n", strerror(error));
	fflush(stdout);
	_exit(1);
}

void enter(unsigned int flags)
{
	int error = kw_enter(flags);

	if (error != 0)
		fail("kw_enter: %s", error == 1 ? "it is in kernel mode already" : strerror(-error));
	if (!kw_active())
		fail("kw_enter succeeded, the program runs in user mode");
}

void leave(void)
{
	int error = kw_leave();

	if (error != 0)
		fail("kw_leave: %s", strerror(-error));
	if (kw_active())
		fail("kw_leave succeeded, the program runs in kernel mode");
}

unsigned long symbol(const char *name)
{
	unsigned long address;
	int error = kw_symbol(name, &address);

	if (error != 0)
		fail("kernel symbol %s: %s", name, strerror(-error));
	return address;
}

const struct kw_info *gates(void)
{
	static struct kw_info info;
	int fd;

	if (info.abi != 0)
		return &info;
	fd = open(KW_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, KW_INFO, &info) != 0)
		fail_errno(KW_DEVICE);
	close(fd);
	return &info;
}

void random_seed(uint32_t seed)
{
	state = seed * 2654435761u | 1;
}

uint32_t random_next(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

void sleep_us(unsigned int us)
{
	const struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

int in_child(int (*run)(void *), void *argument)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		fail_errno("fork");
	if (child == 0) {
		status = run(argument);
		fflush(stdout);
		_exit(status);
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			fail_errno("waitpid");
	return status;
}

const char *status_text(int status)
{
	static char text[32];

	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
	else
		snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(status));
	return text;
}
