/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel functions called wrongly: faults inside of them are Linux's own, which
 * it reports ("Oops"), and it ends the program.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common.h"
#include "misdeed.h"

static void null_argument(void)
{
	kw_call(symbol("strlen"), 0);
}

static void wild_argument(void)
{
	kw_call(symbol("memset"), UNMAPPED, 1, 8);
}

static void noncanonical_argument(void)
{
	kw_call(symbol("strlen"), NONCANONICAL);
}

static void text_argument(void)
{
	kw_call(symbol("memset"), symbol("_stext"), 0x90, 64);
}

static void null_function(void)
{
	kw_call(0);
}

static void wild_function(void)
{
	kw_call(UNMAPPED);
}

static void noncanonical_function(void)
{
	kw_call(NONCANONICAL);
}

static void data_function(void)
{
	kw_call(symbol("jiffies_64"));
}

static void bug_in_function(void)
{
	kw_call(VICTIM("bug"));
}

static void division_in_function(void)
{
	kw_call(VICTIM("divide"), 0);
}

static void stack_overflow_in_function(void)
{
	kw_call(VICTIM("recurse"), 1);
}

static long null_in_kernel_context(void)
{
	return *(volatile int *)8;
}

/* A function of the program, called by the gate: it runs in the kernel's context. */
static void own_function_faults(void)
{
	kw_call(null_in_kernel_context);
}

const struct deed kernel_deeds[] = {
	{ "null-argument", "kernel function called with a null pointer", "signal 9", null_argument, 0 },
	{ "wild-argument", "kernel function called with a wild pointer", "signal 9", wild_argument, 0 },
	{ "noncanonical-argument", "kernel function called with a non-canonical pointer", "signal 11", noncanonical_argument, 0 },
	{ "text-argument", "kernel function told to overwrite Linux's text", "signal 9", text_argument, 0 },
	{ "null-function", "call of address 0 by the gate", "signal 9", null_function, 0 },
	{ "wild-function", "call of a wild address by the gate", "signal 9", wild_function, 0 },
	{ "noncanonical-function", "call of a non-canonical address by the gate", "signal 11", noncanonical_function, 0 },
	{ "data-function", "call of data by the gate", "signal 9", data_function, 0 },
	{ "bug-in-function", "BUG() in a called kernel function", "signal 11", bug_in_function, 0 },
	{ "division-in-function", "division by zero in a called kernel function", "signal 11", division_in_function, 0 },
	{ "stack-overflow-in-function", "endless recursion in a called kernel function", "signal 9 or signal 11", stack_overflow_in_function, 0 },
	{ "own-function-faults", "null pointer in its own function, called by the gate", "signal 9", own_function_faults, 0 },
	{ 0 }
};
