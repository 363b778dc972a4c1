/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same tests against the application as a module, and what only a module
 * has: stopped, replaced and unloaded while files are open and mapped. In the
 * guest, beside echo.ko; TAP.
 *
 *	test_module				everything but nonsense
 *	test_module random CALLS [untimed]	nonsense (random.c); untimed: bounds of time mean nothing here
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <unitron/exchange.h>
#include "echo.h"
#include "test.h"

#define RUN "/sys/kernel/unitron/run"

static void run(const char *text)
{
	int fd = open(RUN, O_WRONLY);

	if (fd < 0 || write(fd, text, 1) != 1)
		give_up(RUN, -errno);
	close(fd);
}

pid_t application_start(void)
{
	run("1");
	return 0;
}

int application_end(pid_t pid, int number)
{
	(void)pid;
	(void)number;
	run("0");
	return 0;
}

void application_restart(void)
{
	run("0");
	run("1");
}

static bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* By read(2), without the library: a call that waits */
static pid_t start_reading(const char *name)
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(name, O_RDONLY);
		char data[64];
		ssize_t n = read(fd, data, sizeof(data));

		_exit(n < 0 && errno == ENODEV ? 0 : 1);
	}
	return pid;
}

static bool attribute(const char *path, const char *wanted)
{
	char text[64] = "";
	FILE *file = fopen(path, "r");
	bool good = file && fgets(text, sizeof(text), file) && !strcmp(text, wanted);

	if (file)
		fclose(file);
	if (!good)
		printf("# %s: '%s'\n", path, text);
	return good;
}

static bool clocks_fit(void)
{
	unsigned long long realtime[2], monotonic[2], before = now_ns(), uncertainty;
	bool good = true;

	for (int i = 0; i < 2; i++) {
		FILE *file = fopen("/sys/kernel/unitron/clock", "r");

		good &= file && fscanf(file, "%llu %llu %llu", &realtime[i], &monotonic[i], &uncertainty) == 3;
		if (file)
			fclose(file);
		usleep(20000);
	}
	/* Both go on alike: to a thousandth */
	return good && monotonic[0] >= before && monotonic[1] <= now_ns() && monotonic[1] - monotonic[0] >= 20000000 &&
	       llabs((long long)(realtime[1] - realtime[0]) - (long long)(monotonic[1] - monotonic[0])) < (long long)(monotonic[1] - monotonic[0]) / 1000;
}

static void nothing(int signal)
{
}

/* A read that a signal finds waiting; status: 1 a datum came, 2 EINTR. */
static pid_t start_interrupted(int flags)
{
	struct sigaction action = { .sa_handler = nothing, .sa_flags = flags };
	pid_t pid;
	int64_t datum;

	sigaction(SIGUSR1, &action, NULL);
	pid = fork();
	if (pid == 0) {
		int fd = open("/dev/unitron/DATA_OUT", O_RDONLY);
		ssize_t n = read(fd, &datum, sizeof(datum));

		_exit(n == sizeof(datum) ? 1 : n < 0 && errno == EINTR ? 2 : 3);
	}
	usleep(50000);
	kill(pid, SIGUSR1);
	usleep(50000);
	return pid;
}

static int status_of(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_signals(void)
{
	int in = open("/dev/unitron/DATA_IN", O_WRONLY), sink = open("/dev/unitron/SINK", O_WRONLY);
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval soon = { .it_value = { .tv_usec = 200000 } };
	static int64_t data[1000];
	bool waits;
	pid_t pid;

	ok(status_of(start_interrupted(0)) == 2, "[XCH-6] a signal ends a read: EINTR");
	pid = start_interrupted(SA_RESTART);
	waits = waitpid(pid, NULL, WNOHANG) == 0;
	ok(waits && write(in, data, 8) == 8 && status_of(pid) == 1, "[XCH-6] not with SA_RESTART: it gets what comes");
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	ok(write(sink, data, sizeof(data)) == 8 * (RING + 4), "[XCH-14] a write that a signal ends has a short count");
	setitimer(ITIMER_REAL, &soon, NULL);
	ok(write(sink, data, 8) == -1 && errno == EINTR, "[XCH-6] or EINTR, if nothing went");
	ok(write(in, data, 0) == 0, "[XCH-12] none at all: 0");
	close(in);
	close(sink);
}

/* A process that reads so many data, which count up from 0; status 0: they did. */
static pid_t start_draining(int64_t data)
{
	pid_t pid = fork();
	int64_t got, next = 0;

	if (pid == 0) {
		int fd = open("/dev/unitron/DATA_OUT", O_RDONLY);

		while (next < data && read(fd, &got, sizeof(got)) == sizeof(got) && got == next)
			next++;
		_exit(next == data ? 0 : 1);
	}
	return pid;
}

/* More than one call of the device moves, which libunitron hides. */
static void test_long_write(void)
{
	static int64_t data[10000], more;
	int in = open("/dev/unitron/DATA_IN", O_WRONLY), out = open("/dev/unitron/DATA_OUT", O_RDONLY | O_NONBLOCK);
	struct unitron *object = open_object("DATA_IN");
	pid_t reader = start_draining(8192);

	for (int64_t i = 0; i < 10000; i++)
		data[i] = i;
	ok(write(in, data, sizeof(data)) == 65536 && ended_well(reader), "[XCH-14] a write that waits takes 65536 bytes of more");
	usleep(50000);
	ok(read(out, &more, sizeof(more)) == -1 && errno == EAGAIN, "[XCH-14] and nothing of the rest");
	reader = start_draining(10000);
	ok(unitron_dtq_send(object, data, 10000, UNITRON_FOREVER) == 10000 && ended_well(reader), "[XCH-14] libunitron sends all");
	unitron_close(object);
	close(in);
	close(out);
}

/* Of an event flag: the pattern, or -errno */
static int64_t read_bits(int fd, void *to)
{
	uint64_t *pattern = to;

	return read(fd, pattern, sizeof(*pattern)) == sizeof(*pattern) ? (int64_t)*pattern : -errno;
}

static int64_t read_masked(int fd, uint64_t mask)
{
	uint64_t pattern;

	return ioctl(fd, UNITRON_MASK, &mask) == 0 ? read_bits(fd, &pattern) : -errno;
}

/* A flag's pattern that nobody could take is not kept: what counts is the flag. */
static void test_unread_bits(void)
{
	int in = open("/dev/unitron/BITS_IN", O_WRONLY), out = open("/dev/unitron/BITS_OUT", O_RDONLY);
	int stay = open("/dev/unitron/BITS_STAY", O_RDONLY | O_NONBLOCK);
	struct pollfd fd = { .fd = stay, .events = POLLIN };
	void *volatile nowhere = (void *)8;
	uint64_t bits = 1;
	bool unread;

	unread = write(in, &bits, 8) == 8 && read_bits(out, nowhere) == -EFAULT && fcntl(out, F_SETFL, O_NONBLOCK) == 0;
	ok(unread && read_masked(out, 2) == -EAGAIN, "[XCH-10] bits that met EFAULT: not for one who waits for others");
	ok(read_masked(out, 1) == 1 && read_masked(out, 1) == -EAGAIN, "[XCH-10] but for one who waits for them, once");
	bits = BIT_STAY;
	unread = write(in, &bits, 8) == 8 && poll(&fd, 1, 5000) == 1 && read_bits(stay, nowhere) == -EFAULT;
	bits = BIT_GO;
	unread &= write(in, &bits, 8) == 8;
	usleep(50000);
	ok(unread && read_masked(stay, UINT32_MAX) == -EAGAIN, "[XCH-10] clr_flg clears them all the same");
	close(in);
	close(out);
	close(stay);
}

static void test_files(void)
{
	struct stat status;
	int fd = open("/dev/unitron/DATA_OUT", O_RDONLY | O_NONBLOCK), in = open("/dev/unitron/DATA_IN", O_WRONLY);
	void *volatile nowhere = (void *)8;
	int64_t data[2] = { 1, 2 };
	pid_t child;

	ok(stat("/dev/unitron/DATA_OUT", &status) == 0 && S_ISCHR(status.st_mode) && (status.st_mode & 0777) == 0600,
	   "[XCH-9] the device has the permissions of the .cfg");
	ok(read(fd, data, 8) == -1 && errno == EAGAIN, "[XCH-4] O_NONBLOCK: EAGAIN");
	ok(read(fd, data, 7) == -1 && errno == EINVAL, "[XCH-12] seven bytes are no datum: EINVAL");
	ok(write(in, data, 12) == -1 && errno == EINVAL, "[XCH-12] twelve neither");
	ok(read(in, data, 8) == -1 && errno == EBADF, "[XCH-3] the file's own direction: EBADF");
	ok(write(in, data, 16) == 16 && fcntl(fd, F_SETFL, 0) == 0 && read(fd, data, 8) == 8 && data[0] == 1 && read(fd, data, 16) == 8 && data[0] == 2,
	   "[XCH-13] a read that waits, and a short one");
	child = fork();
	if (child == 0) {
		/* Nobody has put anything there: it waits until it is interrupted. */
		_exit(read(fd, data, 8) == -1 && errno == EINTR ? 0 : 1);
	}
	usleep(100000);
	kill(child, SIGSTOP);
	kill(child, SIGCONT);
	usleep(50000);
	ok(waitpid(child, NULL, WNOHANG) == 0, "[XCH-6] a stop does not end a read");
	ok(write(in, data, 8) == 8 && !ended_well(child), "[XCH-13] data do");
	ok(write(in, data, 16) == 16 && (usleep(50000), 1) && read(fd, nowhere, 16) == -1 && errno == EFAULT && read(fd, data, 16) == 16,
	   "[XCH-10] memory that is not there: EFAULT, and the next reader gets the data");
	ok(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED, "a queue cannot be mapped");
	close(fd);
	close(in);
	ok(attribute("/sys/class/unitron/BOX_IN/kind", "mailbox\n") && attribute("/sys/class/unitron/BOX_IN/direction", "write\n") &&
	   attribute("/sys/class/unitron/DATA_OUT/unit", "8\n") && attribute("/sys/class/unitron/DATA_OUT/application", "echo\n"),
	   "[XCH-2] attributes in sysfs");
	ok(clocks_fit(), "[XCH-37] the pair of clocks in sysfs fits CLOCK_MONOTONIC");
}

/* The attribute becomes this within a second. */
static bool comes_to(const char *path, const char *wanted)
{
	for (int i = 0; i < 100; i++) {
		char text[64] = "";
		FILE *file = fopen(path, "r");
		bool good = file && fgets(text, sizeof(text), file) && !strcmp(text, wanted);

		if (file)
			fclose(file);
		if (good)
			return true;
		usleep(10000);
	}
	return attribute(path, wanted);
}

/* How objects stand: nobody takes what SINK gets but for the four data of its queue. */
static void test_state(void)
{
	int sink = open("/dev/unitron/SINK", O_WRONLY | O_NONBLOCK), again = open("/dev/unitron/SINK", O_WRONLY);
	int ring = open("/dev/unitron/RING_IN", O_RDWR), bits = open("/dev/unitron/BITS_OUT", O_RDONLY);
	struct unitron_ring *map;
	int64_t data[10] = { 0 };

	ok(attribute("/sys/class/unitron/SINK/opened", "2\n") && attribute("/sys/class/unitron/SINK/filled", "0\n") &&
	   attribute("/sys/class/unitron/SINK/moved", "0\n"), "two files, nothing in the ring");
	ok(write(sink, data, sizeof(data)) == sizeof(data) && comes_to("/sys/class/unitron/SINK/filled", "6\n") &&
	   attribute("/sys/class/unitron/SINK/moved", "4\n"), "ten data: four went, six wait");
	close(again);
	ok(attribute("/sys/class/unitron/SINK/opened", "1\n"), "one file is closed");
	ok(attribute("/sys/class/unitron/BITS_OUT/filled", "0\n") && attribute("/sys/class/unitron/BITS_OUT/broken", "0\n"), "an event flag without bits");
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
	map->head = map->tail + 1000;
	ok(ioctl(ring, UNITRON_BELL) == 0 && comes_to("/sys/class/unitron/RING_IN/broken", "1\n") && attribute("/sys/class/unitron/RING_IN/filled", "256\n"),
	   "a process claims more messages than slots: the ring is broken");
	munmap(map, 4096);
	close(ring);
	ring = open("/dev/unitron/RING_IN", O_RDWR);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
	ok(comes_to("/sys/class/unitron/RING_IN/broken", "0\n"), "and is mended when a process opens it anew");
	munmap(map, 4096);
	close(ring);
	close(bits);
	close(sink);
}

static void test_life(void)
{
	struct unitron *object = open_object("DATA_IN"), *other;
	pid_t reader = start_waiting(true), writer = start_waiting(false), plain = start_reading("/dev/unitron/COUNT_OUT");
	int ring = open("/dev/unitron/RING_IN", O_RDWR | O_NONBLOCK);
	volatile char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
	struct pollfd fd = { .fd = ring, .events = POLLIN };
	int64_t data = 5;

	ok(map != MAP_FAILED, "a ring is mapped");
	usleep(200000);
	ok(waitpid(reader, NULL, WNOHANG) == 0 && waitpid(writer, NULL, WNOHANG) == 0 && waitpid(plain, NULL, WNOHANG) == 0,
	   "[XCH-8] three processes wait");
	run("0");
	ok(ended_well(reader) && ended_well(writer) && ended_well(plain), "[XCH-8] the application stops: each gets ENODEV");
	ok(unitron_dtq_send(object, &data, 1, 0) == -ENODEV, "[XCH-8] an open object gives ENODEV");
	ok(poll(&fd, 1, 0) == 1 && fd.revents & POLLHUP, "[XCH-8] poll tells it");
	ok(unitron_open(&other, "DATA_IN") < 0 && access("/dev/unitron/DATA_IN", F_OK), "[XCH-8] the devices are gone");
	map[100] = 1;
	ok(system("rmmod echo") == 0, "[XCH-34] the application can be unloaded while files are open and mapped");
	map[200] = 1;
	ok(unitron_dtq_send(object, &data, 1, 0) == -ENODEV, "[XCH-8] they go on to give ENODEV");
	ok(system("insmod echo.ko") == 0, "and loaded again");
	run("1");
	ok(unitron_dtq_send(object, &data, 1, 0) == -ENODEV, "[XCH-8] an old file stays dead");
	ok(unitron_open(&other, "DATA_IN") == 0 && unitron_dtq_send(other, &data, 1, 0) == 1, "[XCH-8] a new one is alive");
	ok(map[100] == 1 && map[200] == 1, "[XCH-33] the old mapping is there, and nobody's");
	unitron_close(object);
	unitron_close(other);
	munmap((void *)map, 4096);
	close(ring);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	application_start();
	if (argc > 2 && !strcmp(argv[1], "random")) {
		test_random(strtoul(argv[2], NULL, 10), argc == 3);
		application_end(0, 0);
		return tests_end();
	}
	test_files();
	test_signals();
	test_long_write();
	test_unread_bits();
	application_restart();
	test_calls();
	test_notification();
	application_restart();
	test_gone();
	test_killed_writers();
	application_restart();
	test_killed_readers();
	application_restart();
	test_full();
	test_rings();
	application_restart();
	test_state();
	application_restart();
	test_life();
	application_end(0, 0);
	return tests_end();
}
