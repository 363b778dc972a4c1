/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unit test of kernel/log.c (TAP): the ring of lines, alone, with writers and
 * the reader on several processors at once (harder than any port is to it),
 * and with a task that ends in the middle of a line.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "../../kernel/log.h"
#include "../../kernel/task.h"
#include "tap.h"

#define WRITERS	3
#define LINES	20000U

struct kernel kernel;
struct task kernel_task[2];
const ID kernel_task_count = 2;

static unsigned int kicks;
static unsigned int writing = WRITERS;
static sigjmp_buf ended;

ID kernel_task_id(const struct task *task)
{
	return task ? (ID)(task - kernel_task) + 1 : TSK_NONE;
}

void port_log_kick(void)
{
	__atomic_fetch_add(&kicks, 1, __ATOMIC_RELAXED);
}

static char line[VLOG_MAX + 1];

/* The next line, or NULL. */
static const char *next(void)
{
	SIZE length = kernel_log_read(line, VLOG_MAX);

	line[length] = '\0';
	return length ? line : NULL;
}

static bool next_is(const char *wanted)
{
	const char *got = next();

	if (got && !strcmp(got, wanted))
		return true;
	printf("# wanted \"%s\", got \"%s\"\n", wanted, got ? got : "nothing");
	return false;
}

static void test_simple(void)
{
	char small[4] = "###";

	ok(!next(), "an empty ring has no line");
	vlog("one %d", 1);
	vlog("two");
	ok(kicks == 2, "each line is announced to the port");
	ok(next_is("one 1") && next_is("two") && !next(), "[LOG-5] lines come in order");
	vlog("%s", "");
	ok(next_is(" ") && !next(), "an empty line is told from none");
	vlog("abcdef");
	ok(kernel_log_read(small, 2) == 2 && !memcmp(small, "ab#", 4) && !next(), "a small buffer gets a line's beginning");
}

static void test_full(void)
{
	unsigned int held = 0, i;
	char wanted[40];
	bool good = true;

	for (i = 0; i < 1000; i++)
		vlog("line %u", i);
	while (next()) {
		snprintf(wanted, sizeof(wanted), "line %u", held++);
		good = good && !strcmp(line, wanted);
	}
	ok(held >= 64 && held < 1000 && good, "[LOG-6] a full ring keeps the oldest lines and drops the others");
	vlog("after");
	snprintf(wanted, sizeof(wanted), "(%u lines lost) after", 1000 - held);
	ok(next_is(wanted), "[LOG-7] the next line says how many were lost");
	vlog("again");
	ok(next_is("again"), "[LOG-7] and says it once");
}

static void *write_lines(void *arg)
{
	unsigned int who = (unsigned int)(uintptr_t)arg;

	for (unsigned int i = 0; i < LINES; i++) {
		vlog("%u %u %s", who, i, "the end");
		/* Let the reader keep up most of the time, so that the ring is full and empty in turn. */
		if (i % 128 == 0)
			usleep(100);
	}
	__atomic_fetch_sub(&writing, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* One line of test_threads: false if it is not whole or out of order. */
static bool check_line(const char *text, unsigned int *seen, unsigned int *lost)
{
	unsigned int count, who, number;
	int used = 0, end = 0;

	if (sscanf(text, "(%u lines lost) %n", &count, &used) >= 1 && used)
		*lost += count;
	if (sscanf(text + used, "%u %u the end%n", &who, &number, &end) != 2 || !end || text[used + end])
		return false;
	if (who >= WRITERS || number < seen[who])
		return false;
	seen[who] = number + 1;
	return true;
}

static void test_threads(void)
{
	pthread_t threads[WRITERS];
	unsigned int seen[WRITERS] = { 0 }, lost = 0, got = 0;
	bool good = true, last;

	kernel.in_handler = true;
	for (uintptr_t i = 0; i < WRITERS; i++)
		if (pthread_create(&threads[i], NULL, write_lines, (void *)i))
			exit(1);
	do {
		last = !__atomic_load_n(&writing, __ATOMIC_ACQUIRE);
		while (next()) {
			got++;
			good = good && check_line(line, seen, &lost);
		}
	} while (!last);
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	vlog("%u %u the end", 0, LINES);
	while (next())
		check_line(line, seen, &lost);
	ok(good, "[LOG-5] three writers at once: lines are whole and in each writer's order");
	ok(got + lost == WRITERS * LINES, "[LOG-6] [LOG-7] every line was read or counted as lost");
	printf("# %u lines read, %u lost\n", got, lost);
	kernel.in_handler = false;
}

static volatile unsigned int interrupts;

static void interrupt(int sig)
{
	kernel.in_handler = true;
	vlog("%u %u %s", 1, interrupts++, "the end");
	kernel.in_handler = false;
}

/* Lines by a task and by a handler that interrupts it anywhere, as on a port. */
static void test_interrupts(void)
{
	struct sigaction action = { .sa_handler = interrupt, .sa_flags = SA_RESTART };
	struct itimerval often = { .it_interval = { .tv_usec = 20 }, .it_value = { .tv_usec = 20 } };
	struct itimerval never = { .it_value = { .tv_usec = 0 } };
	unsigned int seen[WRITERS] = { 0 }, lost = 0, got = 0, written = 0;
	bool good = true;

	kernel.running = &kernel_task[0];
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while (interrupts < 5000) {
		for (int i = 0; i < 50; i++)
			vlog("%u %u %s", 0, written++, "the end");
		for (; next(); got++)
			good = good && check_line(line, seen, &lost);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	for (; next(); got++)
		good = good && check_line(line, seen, &lost);
	ok(good, "[LOG-5] lines of a task and of a handler that interrupts it are whole and in order");
	ok(got + lost == written + interrupts, "[LOG-6] none is missing");
	ok(kernel_task[0].logging == 0, "a task outside vlog is not marked");
	printf("# %u lines read, %u lost\n", got, lost);
	kernel.running = NULL;
}

static void end_task(int sig)
{
	siglongjmp(ended, 1);
}

/* A task gets a fault in the middle of its line. */
static void end_inside_vlog(void)
{
	kernel.running = &kernel_task[1];
	if (!sigsetjmp(ended, 1))
		vlog("broken %s", (const char *)(uintptr_t)16);
}

static void test_abandoned(void)
{
	struct sigaction action = { .sa_handler = end_task };

	sigaction(SIGSEGV, &action, NULL);
	end_inside_vlog();
	ok(kernel_task[1].logging == 1, "a task inside vlog is marked");
	kernel.running = &kernel_task[0];
	vlog("behind");
	ok(!next(), "an unfinished line holds up the lines behind it");
	kernel_log_abandon(1);
	ok(!next(), "another task's end does not finish it");
	kernel_log_abandon(2);
	ok(next_is("behind") && !next(), "[LOG-8] the end of its task gives it up");

	for (int i = 0; i < 1000; i++) {
		end_inside_vlog();
		kernel_log_abandon(2);
	}
	while (next())
		;
	end_inside_vlog();
	kernel_log_initialize();
	vlog("new start");
	ok(next() && strstr(line, "new start") && !next(), "[LOG-8] a new start gives up all unfinished lines");
}

int main(void)
{
	test_simple();
	test_full();
	test_threads();
	test_interrupts();
	test_abandoned();
	return tap_end();
}
