/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls of a test's choice: by the trap, or by the module's gate. Who
 * includes it and uses CALL says by a variable by_gate which it shall be.
 */
#pragma once

#include <kw.h>
#include <stdbool.h>

static inline long call_by(bool gate, long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	if (gate)
		return kw_syscall(number, a, b, c, d, e, f);
	__asm__ volatile("syscall" : "=a" (result) : "a" (number), "D" (a), "S" (b), "d" (c), "r" (r10), "r" (r8), "r" (r9) : "rcx", "r11", "memory");
	return result;
}

#define CALL_BY(gate, n, a, b, c, d, e, f, ...) \
	call_by(gate, n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
/* CALL(SYS_read, fd, buffer, size): the result, or -errno */
#define CALL(...) CALL_BY(by_gate, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
