/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes against an application in real time: test_process PROGRAM, the
 * application's. What they all need, and the application's life: killed, started
 * again, started twice. TAP; XDG_RUNTIME_DIR must be set.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test.h"

static const char *program;
static pid_t running;

bool test_point(bool good, const char *what, const char *file, int line)
{
	return tap_report(good, what, file, line);
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void give_up(const char *what, int error)
{
	printf("Bail out! %s: %s\n", what, strerror(-error));
	if (running > 0)
		kill(running, SIGKILL);
	exit(1);
}

pid_t application_start(void)
{
	struct unitron *object = NULL;
	uint64_t end = now_ns() + 10000000000U;
	pid_t pid = fork();
	int error;

	if (pid == 0) {
		execl(program, program, "--real", NULL);
		_exit(127);
	}
	/* ASK is exported last. */
	while ((error = unitron_open(&object, "ASK")) != 0 && now_ns() < end)
		usleep(5000);
	if (error)
		give_up("the application does not start", error);
	unitron_close(object);
	running = pid;
	return pid;
}

int application_end(pid_t pid, int signal)
{
	uint64_t end = now_ns() + 10000000000U;
	int status;

	if (signal)
		kill(pid, signal);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (now_ns() > end)
			return -1;
		usleep(2000);
	}
	return status;
}

void application_restart(void)
{
	application_end(running, SIGTERM);
	application_start();
}

struct unitron *open_object(const char *name)
{
	struct unitron *object;
	int error = unitron_open(&object, name);

	if (error)
		give_up(name, error);
	return object;
}

bool application_status(int64_t *passed, int64_t *beats)
{
	struct unitron *ask = open_object("ASK"), *answer = open_object("STATUS");
	bool good = unitron_flg_set(ask, 1) == 0 && unitron_dtq_receive(answer, passed, 1, 5000) == 1 &&
		    unitron_dtq_receive(answer, beats, 1, 5000) == 1;

	unitron_close(ask);
	unitron_close(answer);
	return good;
}

/* A process that waits for data, or for room, while its application goes. */
static pid_t start_waiting(bool read)
{
	int64_t data[1000] = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		struct unitron *object = open_object(read ? "DATA_OUT" : "SINK");
		ssize_t result = read ? unitron_dtq_receive(object, data, 1, UNITRON_FOREVER) :
				 unitron_dtq_send(object, data, 1000, UNITRON_FOREVER);

		/* The writer's data went in part. */
		if (!read && result > 0)
			result = unitron_dtq_send(object, data, 1, UNITRON_FOREVER);
		_exit(result == -ENODEV ? 0 : 1);
	}
	return pid;
}

static void test_life(void)
{
	struct unitron *object = open_object("DATA_IN"), *other;
	pid_t reader = start_waiting(true), writer = start_waiting(false), second;
	int64_t data = 5;
	int status;

	second = fork();
	if (second == 0) {
		freopen("/dev/null", "w", stderr);
		execl(program, program, "--real", NULL);
		_exit(127);
	}
	status = application_end(second, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "a second application with the same names is refused");
	usleep(100000);
	ok(waitpid(reader, NULL, WNOHANG) == 0 && waitpid(writer, NULL, WNOHANG) == 0, "a reader and a writer wait");
	ok(WIFSIGNALED(application_end(running, SIGKILL)), "the application is killed");
	waitpid(reader, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the reader gets ENODEV");
	waitpid(writer, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the writer too");
	ok(unitron_dtq_send(object, &data, 1, 0) == -ENODEV && unitron_dtq_send(object, &data, 1, 0) == -ENODEV,
	   "an open object gives ENODEV");
	unitron_close(object);
	ok(unitron_open(&other, "DATA_IN") == -ENODEV && other == NULL, "opening what a killed application left: ENODEV");
	application_start();
	ok(unitron_open(&other, "DATA_IN") == 0, "the next application takes the names over");
	unitron_close(other);
	ok(application_end(running, SIGTERM) >= 0, "the application ends");
}

static void test_end(void)
{
	struct unitron *object;

	application_start();
	ok(WIFSIGNALED(application_end(running, SIGTERM)) && unitron_open(&object, "DATA_IN") == -ENODEV,
	   "ended by a signal it leaves names behind that are refused");
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_DFL);
	if (argc != 2)
		return 2;
	program = argv[1];
	application_start();
	test_calls();
	test_notification();
	application_restart();
	test_killed_writers();
	application_restart();
	test_killed_readers();
	application_restart();
	test_full();
	test_rubbish();
	test_rings();
	test_life();
	test_end();
	return tap_end();
}
