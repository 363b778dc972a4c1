/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Misbehaviour of a program in kernel mode, by classes:
 *
 *	contained	as in user mode, or harmless; Linux's log stays clean
 *	reported	the kernel reports a fault of its own and ends the program
 *	harm		goes on, but what was done to the machine stays
 *	fatal		the machine is lost
 */
#pragma once

struct deed {
	const char *name;
	const char *what;	/* in the table of CAVEATS.md */
	/* How the program ends, as status_text() says it; of "fatal" ones, how the machine ends (tests/vm/kw/fatal) */
	const char *expected;
	/*
	 * In kernel mode; exits with 0 if it returns. "harm": the exit status is 0
	 * if the harm was seen (and, as far as possible, undone).
	 */
	void (*run)(void);
	const char *why;	/* of "harm" and "fatal" */
};

/* Each ends with an entry without a name. */
extern const struct deed memory_deeds[], processor_deeds[], process_deeds[], stack_deeds[], kernel_deeds[], harm_deeds[], fatal_deeds[];

/* A kernel address that nothing is mapped at: between the direct map and vmalloc's area */
#define UNMAPPED	0xffffc8fffffff000UL
#define NONCANONICAL	0x8000000000000123UL

/* The address of a symbol of the module kwvictim */
#define VICTIM(name)	symbol("kwvictim_" name)
