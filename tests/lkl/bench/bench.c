// SPDX-License-Identifier: BSD-2-Clause
/*
 * bench [-q] [CASE ...]: what calls cost through the library kernel and through
 * the host's kernel, in one run. A line a figure: case, unit, library, native,
 * and library in parts of native; each is the median of ROUNDS rounds, library and
 * native by turns. -q: a tenth of the work. Two-thread cases run on one core and on two.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kernel.h"
#include "figures.h"
#include "lkl.h"

#define ROUNDS	5

static int quick;

static void die(const char *what, long error)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(error < 0 ? -error : error));
	exit(1);
}

static void compare(const char *name, const char *unit, double (*measure)(call_t call))
{
	double library[ROUNDS], native[ROUNDS], ratio[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		library[i] = measure(lkl_call);
		native[i] = measure(native_call);
		ratio[i] = library[i] / native[i];
	}
	printf("%s\t%s\t%.4g\t%.4g\t%.4g\n", name, unit, median(library, ROUNDS), median(native, ROUNDS), median(ratio, ROUNDS));
	fflush(stdout);
}

/* ns a call */
static double getpid_cost(call_t call)
{
	int times = quick ? 200000 : 2000000;
	uint64_t start;

	CALL_BY(call, getpid);
	start = now_ns();
	for (int i = 0; i < times; i++)
		CALL_BY(call, getpid);
	return (double)(now_ns() - start) / times;
}

struct contender {
	call_t			call;
	pthread_barrier_t	*barrier;
	int			core;
	double			cost;
};

static void pin(int core)
{
	cpu_set_t set;

	if (core < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(core, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *contend(void *argument)
{
	struct contender *contender = argument;

	pin(contender->core);
	CALL_BY(contender->call, getpid);
	pthread_barrier_wait(contender->barrier);
	contender->cost = getpid_cost(contender->call);
	pthread_barrier_wait(contender->barrier);
	return NULL;
}

/* ns a call of each of two threads */
static double contended_cost(call_t call)
{
	pthread_barrier_t barrier;
	struct contender two[2];
	pthread_t threads[2];

	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < 2; i++) {
		two[i] = (struct contender){ call, &barrier, i, 0 };
		pthread_create(&threads[i], NULL, contend, &two[i]);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return (two[0].cost + two[1].cost) / 2;
}

struct player {
	call_t	call;
	int	in, out, core, rounds;
};

static void *play(void *argument)
{
	struct player *player = argument;
	char byte;

	pin(player->core);
	for (int i = 0; i < player->rounds; i++) {
		CALL_BY(player->call, read, player->in, &byte, 1);
		CALL_BY(player->call, write, player->out, &byte, 1);
	}
	return NULL;
}

/* us a round trip between two threads by two pipes */
static double ping_pong(call_t call, int cores)
{
	int there[2], back[2], rounds = quick ? 5000 : 50000;
	struct player player;
	pthread_t thread;
	uint64_t start;
	cpu_set_t all;
	char byte = 0;

	sched_getaffinity(0, sizeof(all), &all);
	CALL_BY(call, pipe2, there, 0);
	CALL_BY(call, pipe2, back, 0);
	player = (struct player){ call, there[0], back[1], cores - 1, rounds + 1 };
	pthread_create(&thread, NULL, play, &player);
	pin(0);
	CALL_BY(call, write, there[1], &byte, 1);
	CALL_BY(call, read, back[0], &byte, 1);
	start = now_ns();
	for (int i = 0; i < rounds; i++) {
		CALL_BY(call, write, there[1], &byte, 1);
		CALL_BY(call, read, back[0], &byte, 1);
	}
	start = now_ns() - start;
	pthread_join(thread, NULL);
	sched_setaffinity(0, sizeof(all), &all);
	for (int i = 0; i < 2; i++) {
		CALL_BY(call, close, there[i]);
		CALL_BY(call, close, back[i]);
	}
	return start / 1e3 / rounds;
}

static double ping_pong_one(call_t call)
{
	return ping_pong(call, 1);
}

static double ping_pong_two(call_t call)
{
	return ping_pong(call, 2);
}

/* us that a sleep of 10 us takes */
static double short_sleep(call_t call)
{
	struct timespec time = { 0, 10000 };
	int times = quick ? 200 : 2000;
	uint64_t start = now_ns();

	for (int i = 0; i < times; i++)
		CALL_BY(call, nanosleep, &time, 0);
	return (now_ns() - start) / 1e3 / times;
}

/* ns for a byte through a pipe by one thread */
static double pipe_cost(call_t call)
{
	int ends[2], times = quick ? 20000 : 200000;
	uint64_t start;
	char byte = 0;

	CALL_BY(call, pipe2, ends, 0);
	start = now_ns();
	for (int i = 0; i < times; i++) {
		CALL_BY(call, write, ends[1], &byte, 1);
		CALL_BY(call, read, ends[0], &byte, 1);
	}
	start = now_ns() - start;
	CALL_BY(call, close, ends[0]);
	CALL_BY(call, close, ends[1]);
	return (double)start / times;
}

static double status_field(const char *name)
{
	char line[256];
	double value = 0;
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = atof(line + strlen(name) + 1);
	if (file)
		fclose(file);
	return value;
}

/* In a fresh process each time: ms from the start to the first call's return, then what the process holds. */
static void boot_cost(void)
{
	double figures[3], ms[ROUNDS], rss[ROUNDS], threads[ROUNDS];
	struct lkl_linux_options options = { .quiet = 1 };
	int ends[2], status;
	uint64_t start;

	for (int i = 0; i < ROUNDS; i++) {
		if (pipe(ends))
			die("pipe", errno);
		if (!fork()) {
			start = now_ns();
			if (lkl_linux_init(&options) || lkl_linux_start("loglevel=1") || lkl_sys_getpid() != 1)
				_exit(1);
			figures[0] = (now_ns() - start) / 1e6;
			figures[1] = status_field("VmRSS:") / 1024;
			figures[2] = status_field("Threads:");
			_exit(write(ends[1], figures, sizeof(figures)) != sizeof(figures));
		}
		wait(&status);
		if (status || read(ends[0], figures, sizeof(figures)) != sizeof(figures))
			die("the library kernel does not boot", EIO);
		close(ends[0]);
		close(ends[1]);
		ms[i] = figures[0];
		rss[i] = figures[1];
		threads[i] = figures[2];
	}
	printf("boot\tms\t%.4g\t\t\nrss\tMB\t%.4g\t\t\nthreads\t\t%.4g\t\t\n", median(ms, ROUNDS), median(rss, ROUNDS), median(threads, ROUNDS));
	fflush(stdout);
}

static const struct {
	const char	*name, *unit;
	double		(*measure)(call_t call);
} cases[] = {
	{ "getpid", "ns", getpid_cost },
	{ "getpid contended", "ns", contended_cost },
	{ "pipe", "ns", pipe_cost },
	{ "ping-pong, one core", "us", ping_pong_one },
	{ "ping-pong, two cores", "us", ping_pong_two },
	{ "sleep 10 us", "us", short_sleep },
};

static int wanted(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++)
		if (!strncmp(name, *names, strlen(*names)))
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	struct lkl_linux_options options = { .quiet = 1 };
	const char *spin = getenv("LKL_SPIN_NS");
	long error;

	quick = argc > 1 && !strcmp(argv[1], "-q");
	argv += 1 + quick;
	options.spin_ns = spin ? atoi(spin) : 0;
	if (wanted("boot", argv))
		boot_cost();
	error = lkl_linux_init(&options);
	if (!error)
		error = lkl_linux_start("loglevel=1");
	if (error)
		die("the library kernel does not boot", error);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (wanted(cases[i].name, argv))
			compare(cases[i].name, cases[i].unit, cases[i].measure);
	lkl_linux_halt();
	return 0;
}
