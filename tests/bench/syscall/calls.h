/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timed loops (calls.S): `count` times the same call, by one of the ways
 * into the kernel. All load the arguments from memory in each round, so
 * loop_empty() is what is not the call itself. The result is in counts of the
 * time-stamp counter; what the last call returned is left in call->result.
 */
#pragma once

struct call {
	unsigned long argument[4];
	unsigned long number;		/* CALL_NUMBER in calls.S */
	unsigned long gate;		/* CALL_GATE: of this number */
	unsigned long function;		/* CALL_FUNCTION: kwcc's thunk of a kernel function */
	long result;			/* CALL_RESULT */
};

unsigned long loop_empty(struct call *call, unsigned long count);
/* The SYSCALL instruction, in user mode */
unsigned long loop_trap(struct call *call, unsigned long count);
/* The system call's gate, by what `kw run` makes of a SYSCALL instruction; in kernel mode */
unsigned long loop_gate(struct call *call, unsigned long count);
/* A kernel function, by the thunk that kwcc makes for its name; in kernel mode */
unsigned long loop_direct(struct call *call, unsigned long count);
/* `count` times one instruction and a loop's end: 3 * count instructions */
unsigned long loop_instructions(unsigned long count);
