/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nonsense: processes that make random calls on every object, and are killed at
 * random, while the application is stopped, started and replaced. What it measures
 * meanwhile is not to notice. Beside the module only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <unitron/exchange.h>
#include "test.h"
#include "timing.h"

#define PROCESSES 4

/* Calls that were made, by whomever */
static uint64_t *done;
static uint64_t state = 88172645463325252ULL;

static unsigned int chance(unsigned int bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)(state >> 33) % bound;
}

static void map_and_write(int fd, size_t size)
{
	int writable = chance(2) ? PROT_WRITE : 0;
	char *map = mmap(NULL, size, PROT_READ | writable, MAP_SHARED, fd, chance(4) ? 0 : chance(64) * 4096L);

	if (map == MAP_FAILED)
		return;
	if (writable)
		memset(map, (int)chance(256), size % 4096);
	munmap(map, chance(2) ? size : 1 + size / 2);
}

/* Signals that can be ignored; 32 and 33 are libc's. */
static bool may_come(int number)
{
	return number != SIGKILL && number != SIGSTOP && number != 32 && number != 33;
}

/* Requests and what they are about, as they should be or nearly */
static void request(int fd, void *place)
{
	static const unsigned long requests[] = { UNITRON_INFO, UNITRON_CLOCK, UNITRON_NOTIFY, UNITRON_MASK, UNITRON_BELL };
	static int event = -1;
	struct unitron_notify notify = { .version = UNITRON_EXCHANGE_VERSION, .size = sizeof(notify), .how = chance(4), .value = (int)chance(100) };

	if (event < 0)
		event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	notify.descriptor = chance(2) ? event : (int)chance(20) - 2;
	do {
		notify.signal = (int)chance(70) - 2;
	} while (!may_come(notify.signal));
	switch (chance(4)) {
	case 0:
		ioctl(fd, chance(2) ? _IOC(chance(4), 'U', chance(8), chance(200)) : chance(UINT32_MAX), place);
		break;
	case 1:
		ioctl(fd, UNITRON_NOTIFY, &notify);
		break;
	default:
		ioctl(fd, requests[chance(5)], place);
		break;
	}
}

/* Any call; what waits is interrupted by an alarm that is always under way. */
static void nonsense(int fd)
{
	static char memory[70000];
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 16, 64, 4096, 65535, 65536, 69999 };
	void *places[] = { memory, memory + 1, NULL, (void *)8, (void *)0xffff888000000000, (void *)nonsense };
	void *place = chance(4) ? memory : places[chance(6)];
	size_t size = chance(3) ? sizes[chance(11)] : chance(70000) >> chance(17);

	for (int i = 0; i < 16; i++)
		((uint64_t *)memory)[i] = chance(3) ? chance(8) : (uint64_t)chance(UINT32_MAX) << chance(33);
	switch (chance(8)) {
	case 0:
		(void)!read(fd, place, size);
		break;
	case 1:
		(void)!write(fd, place, size);
		break;
	case 2:
	case 3:
		request(fd, place);
		break;
	case 4:
		map_and_write(fd, size + 1);
		break;
	case 5:
		poll(&(struct pollfd){ .fd = fd, .events = (short)chance(65536) }, 1, 0);
		break;
	case 6:
		(void)!(chance(2) ? pread(fd, place, size, chance(UINT32_MAX)) : pwrite(fd, place, size, chance(UINT32_MAX)));
		break;
	default:
		lseek(fd, chance(1000), SEEK_SET);
		fcntl(fd, F_SETFL, chance(2) ? O_NONBLOCK : 0);
		break;
	}
}

static void on_alarm(int number)
{
}

static void __attribute__((noreturn)) call_for_ever(void)
{
	static const char *const names[] = { "DATA_IN", "DATA_OUT", "SINK", "BEATS", "BOX_IN", "BOX_OUT", "BITS_IN", "BITS_OUT", "COUNT_IN",
					     "COUNT_OUT", "RING_IN", "RING_OUT" };
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, 500 }, { 0, 500 } };
	char path[64];
	int fd = -1;

	for (int number = 1; number < 65; number++)
		if (may_come(number))
			signal(number, SIG_IGN);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (unsigned int i = 0;; i++) {
		if (i % 50 == 0 || fd < 0) {
			if (fd >= 0)
				close(fd);
			snprintf(path, sizeof(path), "/dev/unitron/%s", names[chance(12)]);
			fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		}
		if (fd < 0) {
			usleep(1000);
			continue;
		}
		nonsense(fd);
		__atomic_fetch_add(done, 1, __ATOMIC_RELAXED);
	}
}

static pid_t start(void)
{
	static uint64_t lives;
	pid_t pid;

	lives++;
	pid = fork();
	if (pid == 0) {
		state ^= lives * 0x9e3779b97f4a7c15;
		call_for_ever();
	}
	return pid;
}

/* True: it was still there. */
static bool end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		printf("# a process has ended by itself: status %#x\n", status);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* All that was measured until now; it would be gone with the application. */
struct measured {
	int64_t n, furthest, lost;
	double	squares;		/* of distances from the period */
};

static bool measure(struct measured *all)
{
	static struct timing timing;
	int error = timing_get(&timing);

	if (error) {
		printf("# the timing: %s\n", strerror(-error));
		return false;
	}
	all->n += timing.n;
	all->lost += timing.lost;
	all->squares += (double)timing.n * (timing.sd * timing.sd + timing.mean * timing.mean);
	if (timing.furthest > all->furthest)
		all->furthest = timing.furthest;
	return true;
}

void test_random(unsigned long calls, bool timing)
{
	struct measured measured = { 0 };
	bool good = true, replaced = true, answers = true;
	pid_t pids[PROCESSES];
	int64_t passed, beats;
	int kills = 0, rounds;

	done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < PROCESSES; i++)
		pids[i] = start();
	for (rounds = 0; *(volatile uint64_t *)done < calls || rounds < 4; rounds++) {
		usleep(50000);
		answers &= measure(&measured);
		if (rounds % 4 == 0)
			replaced &= system("unitron replace echo.ko >/dev/null") == 0;
		else
			application_restart();
		for (; chance(2); kills++) {
			pid_t *victim = &pids[chance(PROCESSES)];

			usleep(chance(3000));
			good &= end(*victim);
			*victim = start();
		}
	}
	for (int i = 0; i < PROCESSES; i++)
		good &= end(pids[i]);
	printf("# %llu calls, %d processes killed, %d times stopped, %d of them replaced\n", (unsigned long long)*done, kills, rounds,
	       (rounds + 3) / 4);
	printf("# %lld intervals: rms %.1f ns off, furthest %lld, lost %lld\n", (long long)measured.n,
	       measured.n ? sqrt(measured.squares / (double)measured.n) : 0, (long long)measured.furthest, (long long)measured.lost);
	ok(good, "[XCH-41] random calls of processes, killed at random: none ends by itself");
	ok(replaced, "[XCH-34] the application stopped, started and replaced meanwhile");
	ok(answers && measured.n >= rounds * 10, "[XCH-41] it goes on to answer");
	if (timing) {
		ok(measured.furthest <= 1000 && measured.lost == 0, "[XCH-42] no interval of its handler is further than 1 us off, none lost");
		ok(measured.squares <= 150.0 * 150.0 * (double)measured.n, "[XCH-42] and the standard deviation at most 150 ns");
	}
	application_restart();
	ok(application_status(&passed, &beats), "[XCH-41] the application answers as ever");
}
