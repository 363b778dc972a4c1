/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executes system calls one instruction after the other, and unwinds the stack
 * at each: wherever a signal comes, the function that made the call has to be
 * found, and the function that called it. With an argument, without unwinding:
 * prints how many steps there were, and where.
 */
#define _GNU_SOURCE
#include <execinfo.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include "../forms.h"

#define FLAG_TRAP 0x100

static volatile uintptr_t caller_start, caller_end;
static volatile long steps, lost;
static uintptr_t first_lost;

struct search {
	bool found;
	int depth;
};

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *argument)
{
	struct search *search = argument;
	uintptr_t ip = _Unwind_GetIP(context);

	search->found |= ip > caller_start && ip <= caller_end;
	return ++search->depth > 60 ? _URC_NORMAL_STOP : _URC_NO_REASON;
}

static void on_step(int signal, siginfo_t *info, void *context)
{
	uintptr_t ip = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
	struct search search = { 0 };

	(void)signal;
	(void)info;
	/* In the caller itself the trap flag is set and cleared by way of the stack, of which no table tells. */
	if (caller_start == 0 || (ip >= caller_start && ip < caller_end))
		return;
	steps++;
	_Unwind_Backtrace(visit, &search);
	if (!search.found) {
		if (lost++ == 0)
			first_lost = ip;
	}
}

static inline __attribute__((always_inline)) void set_trap(bool on)
{
	if (on)
		__asm__ volatile ("pushfq; orq %0, (%%rsp); popfq" : : "i" (FLAG_TRAP) : "memory", "cc");
	else
		__asm__ volatile ("pushfq; andq %0, (%%rsp); popfq" : : "i" (~FLAG_TRAP) : "memory", "cc");
}

/* The frame that has to be found */
static __attribute__((noinline)) long stepped(long (*function)(long, long, long))
{
	long result;

	set_trap(true);
	result = function(0, 0, 0);
	set_trap(false);
	__asm__ volatile ("" : : : "memory");
	return result;
}
static __attribute__((noinline)) void stepped_end(void)
{
	__asm__ volatile ("");
}

static char buffer[64];
static int ends[2];

static long call_getppid(long a, long b, long c) { return getppid() - getppid(); }
static long call_write(long a, long b, long c) { return write(ends[1], buffer, sizeof(buffer)) - 64; }
static long call_read(long a, long b, long c) { return read(ends[0], buffer, sizeof(buffer)) - 64; }
static long call_syscall(long a, long b, long c) { return syscall(SYS_getpid) - getpid(); }
static long call_sleep(long a, long b, long c) { return nanosleep(&(struct timespec){ .tv_nsec = 1 }, NULL); }
static long call_clock(long a, long b, long c) { struct timespec t; return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); }

static int check(const char *name, long (*function)(long, long, long), bool compare, long wanted)
{
	long result;

	steps = lost = 0;
	caller_start = (uintptr_t)stepped;
	caller_end = (uintptr_t)stepped_end;
	result = stepped(function);
	caller_start = 0;
	if (lost == 0 && steps > 1 && (!compare || result == wanted))
		return 0;
	printf("%s: %ld steps, %ld not unwound, the first at %#lx; result %ld, wanted %ld\n", name, steps, lost, first_lost, result, wanted);
	return 1;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO | SA_NODEFER };
	const struct form *form;
	long total = 0;
	int bad = 0;

	/* What unwinding loads, and binds, is there before the first step. */
	backtrace((void *[]){ NULL }, 1);
	sigaction(SIGTRAP, &action, NULL);
	if (pipe(ends) != 0)
		return 2;
	for (form = forms; form < forms_end; form++) {
		/* Without an entry in the unwind table nobody finds the caller, patched or not. */
		if (form->runs && strcmp(form->name, "uncovered") != 0) {
			bad += check(form->name, form->function, true, form->function(0, 0, 0));
			total += steps;
		}
	}
	bad += check("getppid", call_getppid, true, 0);
	bad += check("write", call_write, true, 0);
	bad += check("read", call_read, true, 0);
	bad += check("syscall", call_syscall, true, 0);
	bad += check("nanosleep", call_sleep, true, 0);
	bad += check("clock_gettime", call_clock, true, 0);
	printf("%ld steps in forms, %d functions wrong\n", total, bad);
	return bad != 0;
}
