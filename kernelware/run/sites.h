/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls of an object: every SYSCALL instruction, and whether and
 * how it can be replaced. Finding out changes nothing in the object.
 *
 *	window:		mov	$3, %eax	<- a jump to the trampoline goes here, and
 *	address:	syscall			   this stays: what goes on after it returns
 *			cmp	$-4096, %rax	   here, replaced or not
 */
#pragma once

#include "flow.h"
#include "frames.h"
#include "memory.h"
#include "object.h"

#define JUMP_SIZE	5			/* jmp rel32 */
#define WINDOW_MAX	(JUMP_SIZE - 1 + CODE_LENGTH_MAX)

enum verdict {
	SITE_GOOD,
	SITE_SIGRETURN,		/* debuggers know the return from a signal by its bytes */
	SITE_SHORT,		/* less than 5 bytes before it that always run before it */
	SITE_IMMOVABLE,		/* an instruction there that can't run elsewhere */
	SITE_TARGET,		/* the program may jump into what the jump would replace */
	SITE_UNSURE,		/* it has jumps that can't be followed: there may be such */
	SITE_FLAGS,		/* flags from before the call are used after it */
	SITE_DIRECTION,		/* the function sets the direction flag */
	SITE_FAR,		/* no memory for the trampoline near enough */
	SITE_VERDICTS
};

struct site {
	uintptr_t address;	/* of the SYSCALL */
	uintptr_t window;	/* where the jump goes */
	uintptr_t constant;	/* the instruction that sets the number, 0: it is not known */
	uint32_t number;
	uint32_t starts;	/* bit n: an instruction begins at window + n */
	enum verdict verdict;
};

struct sites {
	const struct object *object;
	struct frames frames;
	struct site *list;
	size_t count;
	size_t bytes;		/* how often 0f 05 is in the code, other than as such an instruction */
	struct span range;	/* of the bitmaps: all code */
	uint8_t *targets;	/* what is jumped to */
	uint8_t *wanted;	/* what must not be jumped to */
	struct flow flow;
	struct memory list_memory, target_memory, wanted_memory;
};

/*
 * Find the sites of an object. Functions with a SYSCALL and their neighbours
 * are decoded, other code is only read. False: out of memory, or the object has
 * no unwind table. sites_close() in any case.
 */
bool sites_open(struct sites *sites, const struct object *object);
void sites_close(struct sites *sites);

/* Follow a function of it, through its switches too; all its targets are marked then. False: out of memory. flow_close() in any case. */
bool sites_follow(struct sites *sites, struct flow *flow, const struct function *function);

/* A verdict in a few words */
const char *verdict_name(enum verdict verdict);

/* In targets.c. An address is jumped to: noted, if it is in the code. */
void target_mark(struct sites *sites, uintptr_t address);
/* Does the program jump to, or know the address of, something in [start, end)? */
bool target_in(const struct sites *sites, uintptr_t start, uintptr_t end);
/* An address that must not be jumped to: targets_search() looks for it. */
void target_want(struct sites *sites, uintptr_t address);
/* Mark those wanted addresses that anything in the object may refer to, though no function that was followed does. */
void targets_search(struct sites *sites);
/*
 * Mark what a table of 32-bit distances at an address, as compilers make for
 * switches, leads to, and enter it into a flow that was swept. Where the table
 * ends is not known: what is read beyond marks too much, but enters only where
 * instructions begin. False: there is no such table.
 */
bool targets_table(struct sites *sites, struct flow *flow, uintptr_t table);
