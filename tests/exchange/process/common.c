/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process tests need wherever the application runs: points, time, objects, and how the application fares. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "test.h"
#include "timing.h"

bool test_point(bool good, const char *what, const char *file, int line)
{
	return tap_report(good, what, file, line);
}

int tests_end(void)
{
	return tap_end();
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void give_up(const char *what, int error)
{
	printf("Bail out! %s: %s\n", what, strerror(-error));
	exit(1);
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
	bool good = unitron_flg_set(ask, STATUS_ASK) == 0 && unitron_dtq_receive(answer, passed, 1, 5000) == 1 &&
		    unitron_dtq_receive(answer, beats, 1, 5000) == 1;

	unitron_close(ask);
	unitron_close(answer);
	return good;
}

pid_t start_waiting(bool read)
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
