/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that a test or a bench makes by turns in the library kernel and in the system's. */
#ifndef TESTS_LKL_KERNEL_H
#define TESTS_LKL_KERNEL_H

#include <errno.h>
#include <unistd.h>

#include "lkl.h"

typedef long (*call_t)(long number, long a, long b, long c, long d, long e, long f);

/* As lkl_call(), by the system's kernel. */
static inline long native_call(long number, long a, long b, long c, long d, long e, long f)
{
	long result = syscall(number, a, b, c, d, e, f);

	return result < 0 ? -errno : result;
}

/* Which kernel CALL() goes to: lkl_call() or native_call() */
static call_t kernel __attribute__((unused)) = lkl_call;

#define CALL(...)		CALL_BY(kernel, __VA_ARGS__)
#define CALL_BY(call, name, ...) CALL_(call, SYS_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(call, number, a, b, c, d, e, f, ...) (call)(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#endif
