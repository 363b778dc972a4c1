/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw_syscall: a system call by the gate in kernel mode, by the trap otherwise.
 */
#include "internal.h"

long kw_syscall_six(long number, long a, long b, long c, long d, long e, long f)
{
	const long words[] = { number, a, b, c, d, e, f };

	/* A process that may not ask for the gates can still trap, at CPL 0 too. */
	if (!kw_active() || kw_gates() != 0)
		return kw_trap(words);
	return kw_gate_syscall(words, kw_gate_info.gate_any);
}
