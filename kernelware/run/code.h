/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One instruction, as far as the patcher cares: where control goes after it,
 * whether it can be moved, what it does to the number of the system call and
 * to the flags. The only part that knows the disassembler (Zydis).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_LENGTH_MAX	15	/* of an instruction, bytes */
#define CODE_MOVED_MAX	18	/* the same, moved: a short conditional jump of 2 bytes becomes 6, nothing else grows */

/* Where control goes after an instruction */
enum code_way {
	CODE_ON,		/* to the next one */
	CODE_SYSCALL,		/* a SYSCALL: to the next one */
	CODE_CALL,		/* a call: to the next one, once it returns */
	CODE_BRANCH,		/* to the target or the next one */
	CODE_JUMP,		/* to the target */
	CODE_INDIRECT,		/* to an address in a register or an element of a table */
	CODE_TAIL,		/* through a pointer at a fixed place: to another function */
	CODE_END,		/* nowhere that is known: a return, a trap */
};

/* What an instruction does to rax */
enum code_rax {
	CODE_RAX_KEPT,
	CODE_RAX_CONSTANT,
	CODE_RAX_OTHER,
};

struct code {
	uintptr_t address;
	uint8_t length;
	enum code_way way;
	uintptr_t target;		/* of a direct call, branch or jump, else 0 */
	uintptr_t refers;		/* what an address relative to rip in it means, else 0 */
	uint8_t refers_offset;		/* where that is encoded, 4 bytes */
	uint8_t condition;		/* of a branch that can be moved: 0x0 to 0xf as in 0f 8x */
	bool movable;			/* does the same at another place, once what refers to addresses is set right */
	bool sets_direction;		/* STD and what may do the same */
};

/* Decode the instruction at an address; size bytes may be read. False: there is none that the disassembler knows. */
bool code_decode(struct code *code, uintptr_t address, size_t size);

/* What it does to rax; a constant goes to *value, of which the lower 32 bits count. */
enum code_rax code_rax(const struct code *code, uint32_t *value);

/*
 * Status flags (CF, PF, AF, ZF, SF, OF) that it reads, and those that have a
 * value after it that does not depend on their old one (or an undefined one).
 */
#define CODE_FLAGS_ALL	0x8d5u
void code_flags(const struct code *code, uint32_t *read, uint32_t *written);

/*
 * Write the instruction to buffer (CODE_MOVED_MAX bytes) such that it does at
 * address `to` what it did. Returns its length there; 0: it is not movable, or
 * what it refers to is too far away.
 */
size_t code_move(const struct code *code, uint8_t *buffer, uintptr_t to);
