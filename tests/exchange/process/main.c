/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes against an application in real time: test_process PROGRAM, the
 * application's. The application's life: killed, started again, started twice.
 * TAP; XDG_RUNTIME_DIR must be set.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static const char *program;
static pid_t running;

pid_t application_start(void)
{
	struct unitron *object = NULL;
	uint64_t end = now_ns() + 10000000000U;
	pid_t pid = fork();
	int error;

	if (pid == 0) {
		/* It ends with the tests, however they do. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
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
	ok(waitpid(reader, NULL, WNOHANG) == 0 && waitpid(writer, NULL, WNOHANG) == 0, "[XCH-8] a reader and a writer wait");
	ok(WIFSIGNALED(application_end(running, SIGKILL)), "the application is killed");
	waitpid(reader, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "[XCH-8] the reader gets ENODEV");
	waitpid(writer, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "[XCH-8] the writer too");
	ok(unitron_dtq_send(object, &data, 1, 0) == -ENODEV && unitron_dtq_send(object, &data, 1, 0) == -ENODEV,
	   "[XCH-8] an open object gives ENODEV");
	unitron_close(object);
	ok(unitron_open(&other, "DATA_IN") == -ENODEV && other == NULL, "[XCH-1] opening what a killed application left: ENODEV");
	application_start();
	ok(unitron_open(&other, "DATA_IN") == 0, "[XCH-1] the next application takes the names over");
	unitron_close(other);
	ok(application_end(running, SIGTERM) >= 0, "the application ends");
}

static void test_end(void)
{
	struct unitron *object;

	application_start();
	ok(WIFSIGNALED(application_end(running, SIGTERM)) && unitron_open(&object, "DATA_IN") == -ENODEV,
	   "[XCH-1] ended by a signal it leaves names behind that are refused");
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
	test_gone();
	test_killed_writers();
	application_restart();
	test_killed_readers();
	application_restart();
	test_full();
	test_rubbish();
	test_rings();
	test_life();
	test_end();
	return tests_end();
}
