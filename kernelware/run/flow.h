/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flow of control in one function: which of its bytes begin an instruction
 * that can be reached from its start, and which come directly before which.
 * What is not reached is not code as far as this is concerned, whatever its
 * bytes look like.
 */
#pragma once

#include "code.h"
#include "frames.h"
#include "memory.h"

struct flow {
	uintptr_t start;
	uintptr_t end;
	uint8_t *length;	/* by offset: of the instruction that begins there, 0: none that is reached */
	uint8_t *before;	/* of the one that goes on there; FLOW_SEVERAL: there are several */
	uint8_t *linear;	/* flow_sweep(): one begins there if they are read one after the other */
	uint32_t *waiting;	/* offsets still to be followed */
	size_t waitings;
	unsigned int indirect;	/* its jumps to an address that was computed */
	bool broken;		/* bytes are reached that are no known instruction */
	bool unsure;		/* where it jumps is not known in full: set by who knows more than the flow */
	bool direction;		/* it may set the direction flag */
	bool refused;		/* the function is too big for this */
	struct memory memory;
};
#define FLOW_SEVERAL	0xff
#define FLOW_SIZE_MAX	(16u << 20)	/* bytes of a function that are followed */

/*
 * flow_open() makes ready to follow a function from its start; false: out of
 * memory. A flow that is all zero or was used before can be opened; its memory
 * is kept for the next one until flow_close(). flow_enter() adds another place
 * to follow from (in the function, or it is ignored). flow_follow() follows,
 * and may be called again after more was added.
 */
bool flow_open(struct flow *flow, const struct function *function);
void flow_enter(struct flow *flow, uintptr_t address);
void flow_close(struct flow *flow);

/*
 * What flow_follow() tells: the target of each direct call, branch and jump, in
 * the function or not, and each address relative to rip. Context is the caller's.
 */
struct flow_visitor {
	void (*target)(void *context, uintptr_t address);
	void (*refers)(void *context, uintptr_t address);
	void *context;
};
void flow_follow(struct flow *flow, const struct flow_visitor *visitor);

/*
 * Read the function from start to end, one instruction after the other, as code
 * stands that compilers make. False: it does not consist of instructions only,
 * or those that are reached are others. flow_sweeps(): does one begin there?
 */
bool flow_sweep(struct flow *flow);
bool flow_sweeps(const struct flow *flow, uintptr_t address);

/* Is this byte in an instruction that is reached? */
bool flow_covers(const struct flow *flow, uintptr_t address);

/* The instruction at an address, if one that is reached begins there; the one directly before an address, if there is exactly one. */
bool flow_code(const struct flow *flow, uintptr_t address, struct code *code);
bool flow_before(const struct flow *flow, uintptr_t address, struct code *code);
