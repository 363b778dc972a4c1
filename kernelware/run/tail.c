/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tail of a trampoline: to the gate if in kernel mode, else to the SYSCALL
 * in its old place. See emit.h, and include/unitron/kernelware.h for what a
 * gate wants.
 *
 * A signal may interrupt the tail after the test; its handler may fork, and a
 * child that is not kernelware comes back to the CLI, which it may not execute.
 * This takes a handler that forks and returns in the child.
 */
#include "emit.h"

void emit_tail(struct emitter *emitter, const struct site *site, const struct gates *gates)
{
	uint64_t gate = gates->any;

	if (site->constant != 0 && site->number < gates->count)
		gate = gates->gate + site->number * gates->stride;
	emit_row(emitter, site->address);
	emit_bytes(emitter, "\x8c\xc9", 2);		/* mov %cs, %ecx */
	emit_bytes(emitter, "\xf6\xc1\x03", 3);		/* test $3, %cl */
	emit_bytes(emitter, "\x0f\x85", 2);		/* jnz */
	emit_distance(emitter, site->address);
	emit_bytes(emitter, "\x48\x8d\x0d", 3);		/* lea ...(%rip), %rcx */
	emit_distance(emitter, site->address + 2);
	emit_bytes(emitter, "\xfa", 1);			/* cli */
	/* The gate's address is on the same page: no fault can come between. */
	emit_bytes(emitter, "\xff\x25\0\0\0\0", 6);	/* jmp *(%rip) */
	emit_bytes(emitter, &gate, sizeof(gate));
}
