/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests without the module: a tail that does what a gate may do, in user
 * mode. The call is made in the trampoline. What a gate may change is changed:
 * rcx, r11 and the flags; and where the patcher says that it knows the number
 * of the system call, another one is a SIGILL.
 */
#include "emit.h"

void product_tail(struct emitter *emitter, const struct site *site, const struct gates *gates);

#define emit_tail product_tail
#include "../../../kernelware/run/tail.c"
#undef emit_tail

void emit_tail(struct emitter *emitter, const struct site *site, const struct gates *gates)
{
	if (gates->any != 1) {
		product_tail(emitter, site, gates);
		return;
	}
	emit_row(emitter, site->address);
	if (site->constant != 0) {
		emit_bytes(emitter, "\x3d", 1);			/* cmp $number, %eax */
		emit_bytes(emitter, &site->number, sizeof(site->number));
		emit_bytes(emitter, "\x74\x02\x0f\x0b", 4);	/* je 1f; ud2; 1: */
	}
	emit_bytes(emitter, "\x0f\x05", 2);			/* syscall */
	emit_row(emitter, site->address + 2);
	if (site->number & 1)
		emit_bytes(emitter, "\x41\x83\xcb\xff\xf9", 5);	/* or $-1, %r11d; stc: SF, CF, PF */
	else
		emit_bytes(emitter, "\x45\x31\xdb", 3);		/* xor %r11d, %r11d: ZF, PF */
	emit_bytes(emitter, "\x44\x89\xd9", 3);			/* mov %r11d, %ecx */
	emit_bytes(emitter, "\xe9", 1);				/* jmp */
	emit_distance(emitter, site->address + 2);
}
