/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threads-stopped read|call|ring: a process in kernel mode leaves while one of
 * its threads sleeps in a gate: in a system call, a kernel function, or in
 * io_uring's wait, which does pending work itself. Then it is stopped, and the
 * module is unloaded. When it goes on, the thread must find its way back to
 * user mode without the module. 0: so it was; the module is not loaded then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"
#include "registers.h"

#define LONG_SLEEP 5000		/* jiffies */

static char what;
static int first[2], second[2];		/* pipes that the thread waits for */
static int ring;
static unsigned long sleep_function;
static atomic_bool begun, ended;
static long result;

/* A ring with a request for each pipe: until it can be read */
static void make_ring(void)
{
	struct io_uring_params params = { 0 };
	struct io_uring_sqe *requests;
	char *queue;

	ring = syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0)
		fail_errno("io_uring_setup");
	queue = mmap(NULL, params.sq_off.array + params.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	requests = mmap(NULL, params.sq_entries * sizeof(*requests), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	if (queue == MAP_FAILED || requests == MAP_FAILED)
		fail_errno("io_uring: mmap");
	for (unsigned int i = 0; i < 2; i++) {
		requests[i] = (struct io_uring_sqe){ .opcode = IORING_OP_POLL_ADD, .fd = i ? second[0] : first[0], .poll32_events = POLLIN };
		((uint32_t *)(queue + params.sq_off.array))[i] = i;
	}
	*(uint32_t *)(queue + params.sq_off.tail) += 2;
}

static void *run(void *unused)
{
	char c;

	begun = true;
	switch (what) {
	case 'r':
		result = kw_syscall(SYS_read, second[0], &c, 1) == 1;
		break;
	case 'c':
		result = kw_call(sleep_function, LONG_SLEEP) > 0;
		break;
	default:
		result = kw_syscall(SYS_io_uring_enter, ring, 2, 2, IORING_ENTER_GETEVENTS, 0, 8) == 2;
		break;
	}
	result &= !kw_active() && registers_hold(7, 100, 0) == 0;
	ended = true;
	return NULL;
}

/* The process that is stopped: tells that it has left, wakes the thread when told to */
static int stopped_process(int told, int tell)
{
	pthread_t thread;
	char c = 'x';

	if (pipe(first) != 0 || pipe(second) != 0)
		fail_errno("pipe");
	make_ring();
	enter(0);
	sleep_function = symbol("schedule_timeout_interruptible");
	if (pthread_create(&thread, NULL, run, NULL) != 0)
		fail("pthread_create");
	while (!begun)
		sleep_us(1000);
	sleep_us(50000);
	if (ended)
		fail("the thread does not sleep");
	leave();
	if (write(first[1], &c, 1) != 1)	/* the ring's waiter wakes, and waits for the second one */
		fail_errno("write");
	sleep_us(20000);
	if (write(tell, &c, 1) != 1 || read(told, &c, 1) != 1 || write(second[1], &c, 1) != 1)
		fail_errno("pipes");
	pthread_join(thread, NULL);
	return result ? 0 : 1;
}

int main(int argc, char **argv)
{
	int there[2], back[2], status;
	pid_t child;
	char c;

	if (argc != 2)
		return 2;
	what = argv[1][0];
	if (pipe(there) != 0 || pipe(back) != 0)
		fail_errno("pipe");
	child = fork();
	if (child == 0) {
		status = stopped_process(there[0], back[1]);
		fflush(stdout);
		_exit(status);
	}
	close(back[1]);
	if (read(back[0], &c, 1) != 1)
		fail("it has ended early");
	kill(child, SIGSTOP);
	waitpid(child, &status, WUNTRACED);
	if (!WIFSTOPPED(status))
		fail("not stopped: %s", status_text(status));
	for (int i = 0; syscall(SYS_delete_module, "kernelware", O_NONBLOCK) != 0; i++) {
		if (i == 200)
			fail_errno("unloading");
		sleep_us(10000);
	}
	sleep_us(50000);
	kill(child, SIGCONT);
	if (write(there[1], &c, 1) != 1 || waitpid(child, &status, 0) != child)
		fail_errno("pipes");
	if (status != 0)
		fail("it ended with %s", status_text(status));
	return 0;
}
