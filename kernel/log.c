/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: a ring of lines with any number of writers and one reader. Writers
 * interrupt each other, the reader may be on another CPU, and nobody ever
 * waits. A line goes through three phases, kept in one word with the lap of
 * the ring it belongs to:
 *	FREE(lap) -> BUSY(lap, writer) -> FULL(lap) -> FREE(lap + 1)
 * A writer claims the line that tail points at by making it BUSY, then
 * advances tail; whoever finds a claimed line there advances tail for him, so
 * that a writer who is interrupted between the two holds up nobody. All-zero
 * memory is an empty ring. A writer's number is that of its task, 0 in a
 * handler: when a task ends inside vlog its BUSY lines are made FULL and empty.
 */
#include "log.h"
#include "task.h"

#define LOG2_LINES	8
#define LINES		(1U << LOG2_LINES)

#define PHASE_BITS	2
#define WRITER_BITS	22
#define LAP_SHIFT	(PHASE_BITS + WRITER_BITS)
enum { FREE, BUSY, FULL };
#define STATE(lap, writer, phase)	((UD)(lap) << LAP_SHIFT | (UD)(writer) << PHASE_BITS | (phase))
#define LAP(state)			((state) >> LAP_SHIFT)
#define WRITER(state)			((ID)((state) >> PHASE_BITS & ((1U << WRITER_BITS) - 1)))
#define PHASE(state)			((state) & ((1U << PHASE_BITS) - 1))

struct line {
	UD	state;			/* atomic */
	UH	length;
	char	text[VLOG_MAX];
};

static struct line ring[LINES];
static UD tail;				/* the line that is claimed next: atomic */
static UD head;				/* the line that is read next: the reader's */
static UINT lost;			/* lines that found the ring full: atomic */

static UD lap_of(UD position)
{
	return position >> LOG2_LINES & (UINT64_MAX >> LAP_SHIFT);
}

static struct line *line_of(UD position)
{
	return &ring[position % LINES];
}

/* Claim a line for writer; NULL: the ring is full. */
static struct line *claim(ID writer, UD *lap)
{
	for (;;) {
		UD position = __atomic_load_n(&tail, __ATOMIC_ACQUIRE);
		struct line *line = line_of(position);
		UD state = __atomic_load_n(&line->state, __ATOMIC_ACQUIRE);
		bool claimed = false;

		*lap = lap_of(position);
		if (state == STATE(*lap, 0, FREE))
			claimed = __atomic_compare_exchange_n(&line->state, &state, STATE(*lap, writer, BUSY), false,
							      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
		else if (LAP(state) + 1 == *lap || (LAP(state) == UINT64_MAX >> LAP_SHIFT && !*lap))
			return NULL;					/* [LOG-6] */
		/* The line is claimed, by us or somebody else: either way tail must pass it. */
		if (claimed || LAP(state) != *lap || PHASE(state) != FREE)
			__atomic_compare_exchange_n(&tail, &position, position + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
		if (claimed)
			return line;
	}
}

static SIZE say_lost(char *text, SIZE size, const char *fmt, ...)
{
	va_list args;
	SIZE length;

	va_start(args, fmt);
	length = kernel_log_format(text, size, fmt, args);
	va_end(args);
	return length;
}

/* Write a line, if there is room. */
static void write_line(ID writer, const char *fmt, va_list args)
{
	UD lap;
	struct line *line = claim(writer, &lap);
	UINT missing;
	SIZE length = 0;

	if (!line) {
		__atomic_fetch_add(&lost, 1, __ATOMIC_RELAXED);		/* [LOG-6] */
		return;
	}
	missing = __atomic_exchange_n(&lost, 0, __ATOMIC_RELAXED);
	if (missing)
		length = say_lost(line->text, VLOG_MAX, "(%u lines lost) ", missing);	/* [LOG-7] */
	length += kernel_log_format(line->text + length, VLOG_MAX - length, fmt, args);
	/* A length of 0 means an abandoned line. */
	if (!length)
		line->text[length++] = ' ';
	line->length = (UH)length;
	__atomic_store_n(&line->state, STATE(lap, 0, FULL), __ATOMIC_RELEASE);	/* [LOG-5] */
}

/*
 * vlog - print a line: the contract stands in <unitron/ext.h>. Any context,
 * CPU locked too; never waits. An extension.
 */
void vlog(const char *fmt, ...)
{
	struct task *self = kernel.in_handler ? NULL : kernel.running;
	va_list args;

	/* Counted, not flagged: a task exception may come in between, and print too. */
	if (self)
		self->logging++;
	va_start(args, fmt);
	write_line(kernel_task_id(self), fmt, args);
	va_end(args);
	if (self)
		self->logging--;
	port_log_kick();
}

/* Make BUSY lines FULL and empty: all, or those of one writer. */
static void abandon(bool all, ID writer)
{
	UINT i;

	for (i = 0; i < LINES; i++) {
		UD state = __atomic_load_n(&ring[i].state, __ATOMIC_ACQUIRE);

		if (PHASE(state) != BUSY || (!all && WRITER(state) != writer))
			continue;
		ring[i].length = 0;
		__atomic_store_n(&ring[i].state, STATE(LAP(state), 0, FULL), __ATOMIC_RELEASE);	/* [LOG-8] */
	}
}

void kernel_log_initialize(void)
{
	abandon(true, 0);
}

void kernel_log_abandon(ID tskid)
{
	abandon(false, tskid);
}

SIZE kernel_log_read(char *text, SIZE size)
{
	for (;;) {
		struct line *line = line_of(head);
		UD lap = lap_of(head);
		SIZE length, i;

		if (__atomic_load_n(&line->state, __ATOMIC_ACQUIRE) != STATE(lap, 0, FULL))
			return 0;
		length = line->length < size ? line->length : size;
		for (i = 0; i < length; i++)
			text[i] = line->text[i];
		head++;
		__atomic_store_n(&line->state, STATE(lap_of(head - 1 + LINES), 0, FREE), __ATOMIC_RELEASE);
		if (length)
			return length;					/* [LOG-5] */
	}
}
