/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libkw where there is no module: every call says so, none crashes. TAP. The
 * same source is C and C++. With MACROS it has kw_call_counted() and
 * kw_syscall_six() of its own and tests what the macros make of arguments.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kw.h>

#include "../../unit/tap.h"

#ifdef MACROS

static unsigned int got_count;
static unsigned long got_function;
static long got[16];

long kw_call_counted(unsigned int count, unsigned long function, ...)
{
	va_list list;

	got_count = count;
	got_function = function;
	va_start(list, function);
	for (unsigned int i = 0; i < count; i++)
		got[i] = va_arg(list, long);
	va_end(list);
	return 42;
}

long kw_syscall_six(long number, long a, long b, long c, long d, long e, long f)
{
	const long words[] = { number, a, b, c, d, e, f };

	memcpy(got, words, sizeof(words));
	return 43;
}

/* The first `count` arguments were 1, 2, ... */
static bool counted(unsigned int count)
{
	bool right = got_count == count;

	for (unsigned int i = 0; i < count; i++)
		right = right && got[i] == (long)i + 1;
	return right;
}

static bool counted_system_call(unsigned int count)
{
	bool right = got[0] == 7;

	for (unsigned int i = 1; i <= 6; i++)
		right = right && got[i] == (i <= count ? (long)i : 0);
	return right;
}

static void test(void)
{
	bool right = true;
	const char *pointer = "x";

#define TRY(count, ...) (right = right && kw_call(__VA_ARGS__) == 42 && counted(count))
	TRY(0, 99);
	TRY(1, 99, 1);
	TRY(2, 99, 1, 2);
	TRY(3, 99, 1, 2, 3);
	TRY(4, 99, 1, 2, 3, 4);
	TRY(5, 99, 1, 2, 3, 4, 5);
	TRY(6, 99, 1, 2, 3, 4, 5, 6);
	TRY(7, 99, 1, 2, 3, 4, 5, 6, 7);
	TRY(8, 99, 1, 2, 3, 4, 5, 6, 7, 8);
	TRY(9, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	TRY(10, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	TRY(11, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
	TRY(12, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
	TRY(13, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
	TRY(14, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
	ok(right, "kw_call passes 0 to 14 arguments in their order");
	kw_call(pointer, (char)-1, 0xffffffffu, pointer, -1, 1 ? 2 : 3);
	ok(got_function == (unsigned long)pointer && got[0] == -1 && got[1] == 0xffffffffL && got[2] == (long)pointer && got[3] == -1 &&
	   got[4] == 2,
	   "each argument is converted to long, pointers too");
	right = kw_syscall(7) == 43 && counted_system_call(0);
	right = right && kw_syscall(7, 1) == 43 && counted_system_call(1);
	right = right && kw_syscall(7, 1, 2) == 43 && counted_system_call(2);
	right = right && kw_syscall(7, 1, 2, 3) == 43 && counted_system_call(3);
	right = right && kw_syscall(7, 1, 2, 3, 4) == 43 && counted_system_call(4);
	right = right && kw_syscall(7, 1, 2, 3, 4, 5) == 43 && counted_system_call(5);
	right = right && kw_syscall(7, 1, 2, 3, 4, 5, 6) == 43 && counted_system_call(6);
	ok(right, "kw_syscall passes 0 to 6 arguments in their order");
}

#else

static void test(void)
{
	unsigned long address = 5;
	char name[KW_SYMBOL_SIZE + 1];
	int pipes[2];
	char byte = 0;

	ok(kw_active() == 0, "a process begins in user mode");
	errno = 77;
	ok(kw_enter(0) == -ENODEV, "kw_enter without the module: ENODEV");
	ok(kw_leave() == -ENODEV, "kw_leave without the module: ENODEV");
	ok(kw_symbol("x", &address) == -ENODEV && address == 5, "kw_symbol without the module: ENODEV, the address is left alone");
	memset(name, 'x', sizeof(name));
	name[KW_SYMBOL_SIZE] = '\0';
	ok(kw_symbol(name, &address) == -ENAMETOOLONG, "kw_symbol: a name of more than 511 bytes is too long");
	ok(kw_call(&test, 1, 2, 3) == -EPERM, "kw_call in user mode: EPERM, nothing is called");
	ok(kw_current() == NULL && kw_percpu(16) == NULL, "kw_current and kw_percpu in user mode: none");
	ok(errno == 77, "errno is left alone");
	ok(kw_syscall(SYS_getpid) == getpid(), "kw_syscall in user mode is a system call");
	ok(kw_syscall(SYS_read, -1, &byte, 1) == -EBADF, "its error is a negative number");
	ok(pipe(pipes) == 0 && kw_syscall(SYS_write, pipes[1], "a", 1) == 1 && kw_syscall(SYS_pread64, pipes[0], &byte, 1, 0) == -ESPIPE &&
	   kw_syscall(SYS_read, pipes[0], &byte, 1) == 1 && byte == 'a', "with three and four arguments");
	pid_t child = fork();

	if (child == 0)
		_exit(kw_active() == 0 && kw_call(&test) == -EPERM ? 5 : 6);
	int status = 0;

	ok(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 5, "the same in a child");
}

#endif

int main(void)
{
	test();
	return tap_end();
}
