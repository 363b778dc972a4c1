/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The harness of the conformance programs. It turns checks into lines of the
 * Test Anything Protocol, printed by vlog, follows check points, and ends the
 * program by vstp_sys: 0 if every point is ok, else 1.
 *
 * A program's .cfg begins with #include "tap.cfg", which adds a task of
 * priority TMIN_TPRI, dormant until the end, a cyclic handler that ends a
 * program which hangs, and, in a tick-driven build, the tick. Its own objects
 * come after them: numbers start at TAP_TASKS + 1 and TAP_CYCLICS + 1.
 *
 * All functions work in every context, CPU locked too, and none blocks, but
 * for what is said otherwise. The log's ring is small: when many lines have been
 * printed the harness keeps the rest until the program has ended, and prints
 * them then with pauses, so that none is lost.
 */
#pragma once

#include <stdbool.h>
#include <unitron/ext.h>

#define TAP_TASKS	1		/* objects that tap.cfg makes */
#define TAP_CYCLICS	1
#define TAP_MAX		2000		/* points in one program */
#define TAP_LIMIT	20		/* seconds that a program may run */
#define TAP_STACK	4096		/* enough for a task that calls the functions here */

/*
 * One TAP point each. The text is a string constant that begins with the tags
 * of the requirements: "[SEM-4] the count becomes 1".
 */
#define check(actual, expected, text)	tap_equal((actual), (expected), text, __FILE_NAME__, __LINE__)
#define check_between(actual, low, high, text)	tap_between((actual), (low), (high), text, __FILE_NAME__, __LINE__)
#define check_that(condition, text)	tap_equal(!!(condition), true, text, __FILE_NAME__, __LINE__)
/* A point that cannot be checked here: why goes behind "# SKIP". */
#define check_skip(text, why)		tap_skip(text, why)

/* A step that must yield expected, or the rest makes no sense: no TAP point if it does, else a failed one and the end. */
#define must(actual, expected)		tap_must((actual), (expected), #actual, __FILE_NAME__, __LINE__)

/*
 * The program passes check point n: 1, 2, 3... in this order. check_sequence
 * is the TAP point for it: exactly n check points were passed in order since
 * the last check_sequence; the next one is 1 again.
 */
#define check_point(n)			tap_point((n), __FILE_NAME__, __LINE__)
#define check_sequence(n, text)		tap_sequence((n), text, __FILE_NAME__, __LINE__)

bool	tap_equal(long long actual, long long expected, const char *text, const char *file, int line);
bool	tap_between(long long actual, long long low, long long high, const char *text, const char *file, int line);
void	tap_skip(const char *text, const char *why);
void	tap_must(long long actual, long long expected, const char *text, const char *file, int line);
void	tap_point(UINT n, const char *file, int line);
void	tap_sequence(UINT n, const char *text, const char *file, int line);

/* Keep all further lines until the end: for a program that fills the log itself. */
void	tap_hold(void);

/*
 * The end of the program: all other tasks are ended and all handlers stopped,
 * what is left is printed, vstp_sys. From a task it does not return; from a
 * handler it does, and the end comes when tasks run.
 */
void	tap_end(void);

/*
 * The same at once, in any context, CPU locked too, and without touching tasks
 * and handlers. For programs whose points certainly fit into the log.
 */
void	tap_leave(void) __attribute__((noreturn));

/* While true the tick handler of a tick-driven build does not call isig_tim. */
extern volatile bool tap_tick_stopped;

/*
 * Run function in an interrupt handler. Task context, CPU unlocked; function
 * has returned when the call does, unless dispatching was due after it.
 */
void	tap_in_handler(void (*function)(void));

/* What tap.cfg names */
#define TAP_INTNO	TMAX_INTNO
void	tap_interrupt(void);
void	tap_initialize(VP_INT exinf);
void	tap_task(VP_INT exinf);
void	tap_limit(VP_INT exinf);
void	tap_tick(void);
