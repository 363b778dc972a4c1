/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tail of a trampoline in a static program: as kernelware/run/tail.c, but
 * the gates' addresses are known only when the program runs. Its start code
 * puts them into a table, from which they are taken before interrupts are off:
 * that may be a page fault.
 */
#include "emit.h"
#include "room.h"

void emit_tail(struct emitter *emitter, const struct site *site, const struct gates *gates)
{
	uint64_t slot = ROOM_ANY;

	if (site->constant != 0 && site->number < ROOM_ANY)
		slot = site->number;
	emit_row(emitter, site->address);
	emit_bytes(emitter, "\x8c\xc9", 2);		/* mov %cs, %ecx */
	emit_bytes(emitter, "\xf6\xc1\x03", 3);		/* test $3, %cl */
	emit_bytes(emitter, "\x0f\x85", 2);		/* jnz */
	emit_distance(emitter, site->address);
	emit_bytes(emitter, "\x4c\x8b\x1d", 3);		/* mov slot(%rip), %r11 */
	emit_distance(emitter, gates->gate + 8 * slot);	/* gates->gate: where the table is */
	emit_bytes(emitter, "\x48\x8d\x0d", 3);		/* lea next(%rip), %rcx */
	emit_distance(emitter, site->address + 2);
	emit_bytes(emitter, "\xfa", 1);			/* cli */
	emit_bytes(emitter, "\x41\xff\xe3", 3);		/* jmp *%r11 */
}
