/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The harness: see tap.h. Results are kept in a table, and printed at once as
 * long as the log certainly has room; whoever records a result while another
 * context prints leaves the printing to that. So points come out in the order
 * of their numbers. The final printing is done by TAP_TASK, alone.
 */
#include "tap.h"

#define LINES_AT_ONCE	100		/* printed before the end; the log's ring holds 256 */
#define LINES_A_PAUSE	32		/* printed between two pauses at the end */
#define PAUSE		MSEC(20)
#define FINISHER	1		/* TAP_TASK: the program's own names are not wanted here */

enum verdict { EQUALS, BETWEEN, SKIPPED, STEP, SEQUENCE, COUNT, HANGS };

struct result {
	const char *text;		/* NULL while it is being filled in */
	const char *file;		/* SKIPPED: why */
	int line;
	enum verdict verdict;
	bool passed;
	long long actual;
	long long expected;		/* BETWEEN: low */
	long long high;
};

volatile bool tap_tick_stopped;

static struct result results[TAP_MAX];
static UINT recorded;			/* atomic */
static UINT printed;			/* the printing context's */
static UINT failed;			/* atomic */
static bool printing;			/* atomic */
static UINT lines_left = LINES_AT_ONCE;
static bool alone;			/* TAP_TASK has ended the others */
static UINT pending_lines;		/* since the last pause */

static UINT passed_points;		/* of the current sequence: atomic */
static long long wrong_point, right_point;	/* the first that was out of order */

static void line_printed(void)
{
	if (!alone) {
		if (lines_left)
			lines_left--;
	} else if (++pending_lines == LINES_A_PAUSE) {
		pending_lines = 0;
		dly_tsk(PAUSE);
	}
}

static void print_failure(const struct result *result)
{
	if (result->verdict == BETWEEN)
		vlog("# expected %lld to %lld, got %lld (%s:%d)", result->expected, result->high,
		     result->actual, result->file, result->line);
	else if (result->verdict == SEQUENCE)
		vlog("# expected check point %lld, got %lld (%s:%d)", result->expected, result->actual,
		     result->file, result->line);
	else if (result->verdict == HANGS)
		vlog("# still running after %d s; check points passed since the last check_sequence: %lld", TAP_LIMIT, result->actual);
	else
		vlog("# expected %lld, got %lld (%s:%d)", result->expected, result->actual, result->file, result->line);
	line_printed();
}

static void print_result(UINT number, const struct result *result)
{
	if (result->verdict == SKIPPED)
		vlog("ok %u - %s # SKIP %s", number, result->text, result->file);
	else
		vlog("%s %u - %s", result->passed ? "ok" : "not ok", number, result->text);
	line_printed();
	if (!result->passed)
		print_failure(result);
}

/* Print what is complete, unless another context is at it. */
static void print(void)
{
	while (alone || lines_left) {
		UINT end = __atomic_load_n(&recorded, __ATOMIC_ACQUIRE);

		if (printed >= end || printed >= TAP_MAX)
			return;
		if (__atomic_exchange_n(&printing, true, __ATOMIC_ACQUIRE))
			return;
		while (printed < end && printed < TAP_MAX && (alone || lines_left) &&
		       __atomic_load_n(&results[printed].text, __ATOMIC_ACQUIRE)) {
			print_result(printed + 1, &results[printed]);
			printed++;
		}
		__atomic_store_n(&printing, false, __ATOMIC_RELEASE);
		/* Somebody who interrupted this may have left us his. */
		if (printed < TAP_MAX && !__atomic_load_n(&results[printed].text, __ATOMIC_ACQUIRE))
			return;
	}
}

static void record(const struct result *result)
{
	UINT number = __atomic_fetch_add(&recorded, 1, __ATOMIC_ACQ_REL);

	if (!result->passed)
		__atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);
	if (number >= TAP_MAX)
		return;
	results[number] = *result;
	results[number].text = NULL;
	__atomic_store_n(&results[number].text, result->text, __ATOMIC_RELEASE);
	print();
}

bool tap_equal(long long actual, long long expected, const char *text, const char *file, int line)
{
	record(&(struct result){ .text = text, .file = file, .line = line, .verdict = EQUALS,
		.passed = actual == expected, .actual = actual, .expected = expected });
	return actual == expected;
}

bool tap_between(long long actual, long long low, long long high, const char *text, const char *file, int line)
{
	bool passed = actual >= low && actual <= high;

	record(&(struct result){ .text = text, .file = file, .line = line, .verdict = BETWEEN,
		.passed = passed, .actual = actual, .expected = low, .high = high });
	return passed;
}

void tap_skip(const char *text, const char *why)
{
	record(&(struct result){ .text = text, .file = why, .verdict = SKIPPED, .passed = true });
}

void tap_must(long long actual, long long expected, const char *text, const char *file, int line)
{
	if (actual == expected)
		return;
	record(&(struct result){ .text = text, .file = file, .line = line, .verdict = STEP,
		.actual = actual, .expected = expected });
	tap_end();
}

void tap_point(UINT n, const char *file, int line)
{
	UINT due = __atomic_add_fetch(&passed_points, 1, __ATOMIC_ACQ_REL);

	if (n == due || wrong_point)
		return;
	right_point = due;
	wrong_point = n;
}

void tap_sequence(UINT n, const char *text, const char *file, int line)
{
	UINT passed = __atomic_exchange_n(&passed_points, 0, __ATOMIC_ACQ_REL);

	if (wrong_point)
		record(&(struct result){ .text = text, .file = file, .line = line, .verdict = SEQUENCE,
			.actual = wrong_point, .expected = right_point });
	else
		record(&(struct result){ .text = text, .file = file, .line = line, .verdict = COUNT,
			.passed = passed == n, .actual = passed, .expected = n });
	wrong_point = 0;
}

void tap_hold(void)
{
	lines_left = 0;
}

/* For a second start in the same memory */
void tap_initialize(VP_INT exinf)
{
	for (UINT i = 0; i < TAP_MAX; i++)
		results[i].text = NULL;
	recorded = printed = failed = passed_points = pending_lines = 0;
	wrong_point = 0;
	printing = alone = tap_tick_stopped = false;
	lines_left = LINES_AT_ONCE;
}

void tap_leave(void)
{
	UINT count = recorded;

	if (printed != count)
		vlog("Bail out! Points were left for a pause that does not come: end by tap_end");
	vlog("1..%u", count);
	vstp_sys(failed ? 1 : 0);
}

void tap_end(void)
{
	if (sns_ctx()) {
		iunl_cpu();
		iact_tsk(FINISHER);
		return;
	}
	unl_cpu();
	ena_dsp();
	act_tsk(FINISHER);
	for (;;)
		slp_tsk();
}

/* The watch: a program that takes so long hangs. */
void tap_limit(VP_INT exinf)
{
	record(&(struct result){ .text = "the program ends in time", .verdict = HANGS, .actual = passed_points });
	tap_end();
}

static void (*volatile handler_function)(void);

void tap_in_handler(void (*function)(void))
{
	handler_function = function;
	must(vras_int(TAP_INTNO), E_OK);
	must(!handler_function, true);
}

void tap_interrupt(void)
{
	handler_function();
	handler_function = NULL;
}

void tap_tick(void)
{
	if (!tap_tick_stopped)
		isig_tim();
}

static void end_others(void)
{
	ID id;

	for (id = 1; can_act(id) >= 0; id++)
		ter_tsk(id);
	for (id = 1; stp_cyc(id) == E_OK; id++)
		;
	for (id = 1; stp_alm(id) == E_OK; id++)
		;
}

void tap_task(VP_INT exinf)
{
	UINT count;

	end_others();
	tap_tick_stopped = false;
	alone = true;
	printing = false;
	dly_tsk(PAUSE);
	count = recorded < TAP_MAX ? recorded : TAP_MAX;
	/* A task that was ended while it recorded has left a gap. */
	for (UINT i = 0; i < count; i++)
		if (!results[i].text)
			results[i] = (struct result){ .text = "(ended while recording)", .file = __FILE_NAME__, .line = __LINE__ };
	print();
	if (recorded > TAP_MAX) {
		vlog("Bail out! More than %d points: raise TAP_MAX in tap.h", TAP_MAX);
		failed++;
	}
	vlog("1..%u", count);
	dly_tsk(PAUSE);
	vstp_sys(failed ? 1 : 0);
}
