/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the sources of the process tests: the application, and objects of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <tap.h>
#include <unitron.h>

/* One numbering for all sources; the plan, and the exit status. */
bool	test_point(bool good, const char *what, const char *file, int line);
int	tests_end(void);
#undef ok
#define ok(condition, what)	test_point((condition), (what), __FILE_NAME__, __LINE__)

/* Start the application and wait until its objects are there; its pid. */
pid_t	application_start(void);
/* Its status when it has ended; -1 if it has not, after some seconds. */
int	application_end(pid_t pid, int signal);
/* Have the application started anew: with nothing left in any queue. */
void	application_restart(void);

/* Open it, or end the test program. */
struct unitron *open_object(const char *name);
/* How many data the application has passed on; how often its handler has run. False: it does not answer. */
bool	application_status(int64_t *passed, int64_t *beats);

/* A process that waits for data, or for room in a full queue, for ever; status 0: it was told ENODEV. */
pid_t	start_waiting(bool read);
/* "Bail out!": end the test program. error: -errno. */
void	give_up(const char *what, int error) __attribute__((noreturn));

uint64_t now_ns(void);

/* The groups of points. */
void	test_calls(void);
void	test_notification(void);
void	test_gone(void);	/* after these two, when the application has been started anew */
void	test_killed_writers(void);
void	test_killed_readers(void);
void	test_full(void);
void	test_rubbish(void);
void	test_rings(void);
/* Beside the module. So many random calls; timing: the bounds of the handler's intervals are checked. */
void	test_random(unsigned long calls, bool timing);
