/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads are cancelled in system calls: blocked in one, or in the middle of
 * many short ones, from wherever the signal finds them. Each has destructors,
 * handlers and a catch (...) that must have run. And exceptions: thrown as
 * usual, and out of a signal handler that interrupted a system call.
 */
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <cxxabi.h>
#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

static int rounds = 300;
static volatile int destroyed, handled, caught;
static int ends[2], null_ends[2];

struct witness {
	~witness() { __sync_fetch_and_add(&destroyed, 1); }
};

static void handler(void *)
{
	__sync_fetch_and_add(&handled, 1);
}

static void *blocked(void *)
{
	witness here;
	char c;

	pthread_cleanup_push(handler, nullptr);
	try {
		witness there;

		if (read(ends[0], &c, 1) < 0)
			return nullptr;
	} catch (abi::__forced_unwind &) {
		__sync_fetch_and_add(&caught, 1);
		throw;
	}
	pthread_cleanup_pop(0);
	return nullptr;
}

static void *busy(void *)
{
	witness here;
	char c = 0;

	pthread_cleanup_push(handler, nullptr);
	try {
		witness there;

		for (;;)
			if (write(null_ends[1], &c, 1) != 1 || read(null_ends[0], &c, 1) != 1)
				return nullptr;
	} catch (abi::__forced_unwind &) {
		__sync_fetch_and_add(&caught, 1);
		throw;
	}
	pthread_cleanup_pop(0);
	return nullptr;
}

static int cancel(const char *name, void *(*body)(void *), bool wait)
{
	void *result;

	destroyed = handled = caught = 0;
	for (int i = 0; i < rounds; i++) {
		pthread_t thread;

		if (pthread_create(&thread, nullptr, body, nullptr) != 0)
			return 1;
		if (wait)
			usleep(i % 2 ? 200 : 0);
		for (volatile int spin = rand() % 30000; spin > 0; spin--)
			;
		pthread_cancel(thread);
		pthread_join(thread, &result);
		/* A thread that was cancelled before it began has nothing to destroy. */
		if (result != PTHREAD_CANCELED)
			return 1;
	}
	if (destroyed == 2 * caught && handled == caught && caught > rounds / 2)
		return 0;
	printf("%s: %d of %d caught, %d destroyed, %d handled\n", name, caught, rounds, destroyed, handled);
	return 1;
}

static void thrower(int)
{
	throw std::runtime_error("from a handler");
}

static __attribute__((noinline)) int level(int n)
{
	witness here;

	if (n == 0) {
		char c;

		if (read(ends[0], &c, 1) < 0)
			return errno;
	}
	return level(n - 1) + 1;
}

static int exceptions()
{
	struct sigaction action = {};
	int bad = 0;

	action.sa_handler = thrower;
	action.sa_flags = SA_NODEFER;
	sigaction(SIGALRM, &action, nullptr);
	for (int i = 0; i < 20; i++) {
		struct itimerval soon = { { 0, 0 }, { 0, 3000 } };

		destroyed = 0;
		try {
			setitimer(ITIMER_REAL, &soon, nullptr);
			level(5);
			bad++;
		} catch (std::exception &) {
			bad += destroyed != 6;
		}
	}
	try {
		throw std::out_of_range("as usual");
	} catch (std::logic_error &) {
		return bad;
	}
	return bad + 1;
}

int main(int argc, char **argv)
{
	int bad = 0;

	if (argc > 1)
		rounds = atoi(argv[1]);
	if (pipe(ends) != 0 || pipe(null_ends) != 0)
		return 2;
	bad += cancel("blocked", blocked, true);
	bad += cancel("busy", busy, true);
	bad += exceptions();
	printf("%d wrong\n", bad);
	return bad != 0;
}
