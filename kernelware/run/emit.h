/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trampolines: the code that takes the place of a window.
 *
 *	window:	jmp	trampoline		trampoline: the window's instructions
 *		(int3 ...)				mov	%cs, %ecx
 *	site:	syscall					test	$3, %cl
 *	next:	...					jnz	site
 *							lea	next(%rip), %rcx
 *							cli
 *							jmp	*gate(%rip)
 *
 * The SYSCALL stays where it was. A program in user mode (before it has
 * entered, a child that was forked) makes the call there, as ever; a gate
 * returns behind it. So no debugger, signal handler or unwinder finds a thread
 * in a trampoline while a call runs, and a call that is to be started again
 * finds the instruction for it. What an interrupted thread was about to do in
 * a trampoline is in its rows: this address here stands for that one there.
 */
#pragma once

#include "memory.h"
#include "sites.h"

/* Bytes of a trampoline at most: five instructions, moved, and what follows them. They never cross a page. */
#define TRAMPOLINE_MAX	128
#define TRAMPOLINE_ALIGN 16
/* Rows of one at most */
#define ROWS_MAX	16

struct gates {
	uint64_t gate;		/* as in struct kw_info */
	uint64_t stride;
	uint64_t count;
	uint64_t any;
};

struct row {
	uintptr_t at;		/* in a trampoline */
	uintptr_t means;	/* in the object: the same state of registers and stack; 0: the trampoline ends here */
};

struct emitter {
	uint8_t *at;		/* where code is written, and will run */
	const uint8_t *end;
	struct row *rows;
	size_t count;
	struct memory row_memory;
	bool failed;		/* no room, no memory, or too far away: the last trampoline is not there */
};

/* Code for [start, start + size), which must be writable. emitter_close() frees the rows only. */
void emitter_open(struct emitter *emitter, void *start, size_t size);
void emitter_close(struct emitter *emitter);

/* A trampoline for a site; its address, 0: it can't be made, and nothing was. */
uintptr_t emit_trampoline(struct emitter *emitter, const struct site *site, const struct gates *gates);

/*
 * For a function that is to be replaced by another one, but still called by
 * it: *original becomes the address of its first instructions, moved, and a
 * jump to the rest; the result is a jump to the replacement. 0: it can't be.
 */
uintptr_t emit_redirection(struct emitter *emitter, const struct flow *flow, uintptr_t replacement, uintptr_t *original);

/* Pieces, for the tail of a trampoline: what comes behind the window's instructions. In tail.c; tests have another one. */
void emit_tail(struct emitter *emitter, const struct site *site, const struct gates *gates);
void emit_bytes(struct emitter *emitter, const void *bytes, size_t size);
void emit_distance(struct emitter *emitter, uintptr_t to);	/* 4 bytes, from behind them */
void emit_row(struct emitter *emitter, uintptr_t means);
