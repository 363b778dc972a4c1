/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sources of the posix port share. Everything here runs in the one
 * host thread of the kernel, most of it masked (port_cpu.locked); the comments
 * say where that is otherwise.
 */
#pragma once

#include <stddef.h>
#include <unitron/port.h>

#ifdef UNITRON_UNIT_US
#define UNIT_NS		1000ULL
#else
#define UNIT_NS		1000000ULL
#endif
#define NS_NEVER	UINT64_MAX

/* How the process ends when it is not by vstp_sys; docs/man/unitron-posix.7 */
enum {
	EXIT_HOST = 1,			/* the host refused memory, a timer, ... */
	EXIT_OPTIONS = 2,		/* wrong command line */
	EXIT_STARVED = 3,		/* simulated time: nothing left to happen */
	EXIT_FAULT = 134,		/* unhandled fault, overrun or broken invariant */
};

/* kernel_cfg.c */
extern const char kernel_application[];

/* ---- options.c ---------------------------------------------------------- */

struct port_options {
	bool	real;			/* real time, else simulated */
	UD	budget;			/* ns; 0: none */
	UD	until;			/* ns after the start; NS_NEVER: none */
	UD	stall;			/* ns of processor time; 0: never */
};
extern struct port_options port_options;

/* Environment first, then the command line; ends the process on a mistake and for --help. */
void	options_read(int argc, char **argv);

/* ---- main.c ------------------------------------------------------------- */

/* What main() runs on, and idle: saved while a task runs. */
extern struct port_context port_idle_context;

/* ---- clock_sim.c, clock_real.c ------------------------------------------ */

/* One of the two clocks. Times are ns since the start; all calls masked but where said. */
struct clock_source {
	const char *name;
	void	(*prepare)(void);	/* before kernel_initialize: ends the process if the host cannot */
	void	(*start)(void);		/* the start: from here now() counts; before, it is 0 */
	UD	(*now)(void);		/* any context */
	UD	(*used)(void);		/* processor time used, for budgets; any context */
	void	(*program)(UD at);	/* be due at this time, instead of any earlier wish */
	void	(*idle)(void);		/* pass time until something may have come */
	void	(*spin)(UD ns);		/* use up time; task or handler context, masked or not */
};
extern const struct clock_source clock_sim, clock_real;
extern const struct clock_source *port_clock;

/* ---- time.c ------------------------------------------------------------- */

/* Program the clock for the next of: the kernel's wish, the budget, the end. */
void	time_program(void);
/* Call kernel_timer_interrupt if it is due. Handler context; false if it is not. */
bool	time_interrupt(void);
/* Is something of this file or of the budget due? */
bool	time_is_due(void);

/* ---- budget.c ----------------------------------------------------------- */

/* When whatever runs now will have used its budget; NS_NEVER without one. */
extern UD budget_due;

/* The running task goes on from here / stops here; each pair of calls encloses a stretch of its time. */
void	budget_resume(struct port_context *context);
void	budget_pause(struct port_context *context);
/* The CPU becomes idle: everybody gets a new budget. */
void	budget_renew(void);
/* A handler starts / has returned (stops the process if it took too long). */
void	budget_handler_begin(const char *kind, TICK number);
void	budget_handler_end(void);
/* "interrupt handler 5", in a static buffer; NULL: no handler runs. */
const char *budget_handler_name(void);
/* Has the running task, paused just now, used up its budget? */
bool	budget_exceeded(const struct port_context *context);
/* Real time, from the signal handler: stop what is over its budget and does not let go. */
void	budget_check_masked(void);

/* ---- context.c ---------------------------------------------------------- */

/* Make the stacks of the handler context and of fault handling. */
void	context_prepare(void);
/* Run function on the handler context's stack; it may leave by context_leave. Masked task or idle context. */
void	context_call_handler(void (*function)(void));
/* Go to kernel.scheduled, or to idle, for good. Masked; from any stack. */
void	context_leave(void) __attribute__((noreturn));
/* Go to main() for good. Masked; from any stack. */
void	context_leave_to_idle(void) __attribute__((noreturn));
/* main(): run kernel.scheduled until the CPU is idle again. */
void	context_run(void);
/* The task in whose guard pages this address lies, or 0. Any context. */
ID	context_guard_hit(UD address);
/* Does it lie in those of the handler context? */
bool	context_handler_guard_hit(UD address);
/* The address of a signal frame that did not fit between sp and the guard pages; 0: it does fit. */
UD	context_signal_frame(UD sp);
/* Top of the stack for signal handlers of faults, and its bounds. */
void	context_fault_stack(void **stack, SIZE *size);

/* ---- interrupt.c -------------------------------------------------------- */

/* main(): run the handlers of everything that has come. */
void	interrupt_take_idle(void);
/* Has something come? Masked. */
bool	interrupt_waiting(void);
/* Hand an exception of the running task to the kernel; false: nobody wants it. On return action says what to do. */
bool	interrupt_exception(T_EXCINF *info);
/* Another thread wants the kernel's thread to look: thread-safe. */
void	interrupt_kick_thread(void);
void	interrupt_prepare(void);

/* ---- fault.c ------------------------------------------------------------ */

void	fault_prepare(void);
/*
 * Give an exception of the running task to the application. Handler context,
 * the task paused. Returns for VEXC_RETRY and VEXC_CONTINUE only; leaves for
 * VEXC_TERMINATE; ends the process if nobody wants it.
 */
void	fault_deliver(T_EXCINF *info);

/* ---- log.c -------------------------------------------------------------- */

/* Write out what the log holds: all of it, waiting if need be / what can be written at once. */
void	log_flush(void);
bool	log_flush_some(void);

/* ---- report.c ----------------------------------------------------------- */

/* End the process with status, after the log and one line on standard error. Any context, signal handlers too. */
void	report_and_exit(int status, const char *fmt, ...) __attribute__((noreturn, format(printf, 2, 3)));
/* "task 3 (NAME)", "idle", ...: what runs now; in a static buffer. */
const char *report_running(void);
