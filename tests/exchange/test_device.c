/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libunitron's transport over a device, with a device that a table plays: what
 * each read, write, poll and ioctl is to return, in order. The module's own tests
 * show that a real one behaves so.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <tap.h>

enum call { OPEN, READ, WRITE, POLL, IOCTL, END };
#define LATE	100		/* of POLL: ready, after 3 ms */

/* One expected call: its argument (flags, bytes, time-out, request; -1: any) and what it gives (-errno: fails) */
struct step {
	enum call call;
	long	argument;
	long	result;
};

static const struct step *script;
static bool as_expected;
static struct unitron_info *answer;	/* to UNITRON_INFO */
static short polled;

static long play(enum call call, long argument)
{
	const struct step *step = script;

	if (step->call != call || (step->argument != -1 && step->argument != argument)) {
		as_expected = false;
		return -EIO;
	}
	script++;
	return step->result;
}

static long give(long result)
{
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

static int fake_open(const char *path, int flags)
{
	(void)path;
	return (int)give(play(OPEN, flags & O_ACCMODE));
}

static ssize_t fake_read(int fd, void *data, size_t size)
{
	long result = play(READ, (long)size);

	(void)fd;
	if (result > 0)
		memset(data, 7, (size_t)result);
	return give(result);
}

static ssize_t fake_write(int fd, const void *data, size_t size)
{
	(void)fd;
	(void)data;
	return give(play(WRITE, (long)size));
}

static int fake_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	long ready;

	(void)count;
	polled = fds->events;
	ready = give(play(POLL, timeout));
	if (ready == LATE)
		usleep(3000);
	return ready == LATE ? 1 : (int)ready;
}

static int fake_close(int fd)
{
	(void)fd;
	return 0;
}

static int fake_ioctl(int fd, unsigned long request, void *argument);

#define open(path, flags)	fake_open(path, flags)
#define read(fd, data, size)	fake_read(fd, data, size)
#define write(fd, data, size)	fake_write(fd, data, size)
#define poll(fds, count, time)	fake_poll(fds, count, time)
#define ioctl(fd, what, argument) fake_ioctl(fd, what, argument)
#define close(fd)		fake_close(fd)
#include "../../lib/device.c"
#undef open
#undef read
#undef write
#undef poll
#undef ioctl
#include "../../lib/open.c"
#include "../../lib/dataqueue.c"
#include "../../lib/semaphore.c"
#include "../../lib/eventflag.c"

static int fake_ioctl(int fd, unsigned long request, void *argument)
{
	long result = play(IOCTL, (long)request);

	(void)fd;
	if (result == 0 && request == UNITRON_INFO)
		memcpy(argument, answer, sizeof(*answer));
	return (int)give(result);
}

int socket_open(struct unitron *object, const char *name)
{
	(void)object;
	(void)name;
	return -ENOENT;
}

int ring_map(struct unitron *object, int descriptor)
{
	(void)object;
	(void)descriptor;
	return 0;
}

void ring_unmap(struct unitron *object)
{
	(void)object;
}

#define SCRIPT(...) \
	do { \
		static const struct step steps[] = { __VA_ARGS__, { END, 0, 0 } }; \
		script = steps; \
		as_expected = true; \
	} while (0)

static bool played(void)
{
	return as_expected && script->call == END;
}

static struct unitron_info good = {
	.version = UNITRON_EXCHANGE_VERSION, .size = sizeof(good), .kind = UNITRON_DATAQUEUE, .direction = UNITRON_READ, .unit = 8, .count = 8,
};

static struct unitron *open_good(uint32_t kind, uint32_t direction)
{
	struct unitron *object = NULL;

	good.kind = kind;
	good.direction = direction;
	answer = &good;
	SCRIPT({ OPEN, O_RDWR, 3 }, { IOCTL, UNITRON_INFO, 0 });
	unitron_open(&object, "X");
	return object;
}

static void test_open(void)
{
	struct unitron_info other = good;
	struct unitron *object;

	errno = 99;
	object = open_good(UNITRON_DATAQUEUE, UNITRON_READ);
	ok(object && played() && errno == 99, "open");
	unitron_close(object);
	SCRIPT({ OPEN, O_RDWR, -EACCES }, { OPEN, O_RDONLY, -EACCES }, { OPEN, O_WRONLY, 3 }, { IOCTL, UNITRON_INFO, 0 });
	ok(unitron_open(&object, "X") == 0 && played(), "permissions for one direction are enough");
	unitron_close(object);
	SCRIPT({ OPEN, O_RDWR, -EACCES }, { OPEN, O_RDONLY, -EACCES }, { OPEN, O_WRONLY, -EACCES });
	ok(unitron_open(&object, "X") == -EACCES && !object && played(), "none are not");
	SCRIPT({ OPEN, O_RDWR, -ENXIO });
	ok(unitron_open(&object, "X") == -ENODEV && played(), "a device whose application has gone");
	SCRIPT({ OPEN, O_RDWR, -ENOENT });
	ok(unitron_open(&object, "X") == -ENOENT && played(), "no device: the socket is tried");
	SCRIPT({ OPEN, O_RDWR, 3 }, { IOCTL, UNITRON_INFO, -ENOTTY });
	ok(unitron_open(&object, "X") == -EPROTO && played(), "something else under this name");
	other.version++;
	answer = &other;
	SCRIPT({ OPEN, O_RDWR, 3 }, { IOCTL, UNITRON_INFO, 0 });
	ok(unitron_open(&object, "X") == -EPROTO && played(), "another version");
	answer = &good;
}

static void test_read(void)
{
	struct unitron *object = open_good(UNITRON_DATAQUEUE, UNITRON_READ);
	int64_t data[4];

	errno = 99;
	SCRIPT({ READ, 32, 16 });
	ok(unitron_dtq_receive(object, data, 4, UNITRON_FOREVER) == 2 && data[1] == 0x0707070707070707 && played(),
	   "read: as many as there are");
	SCRIPT({ READ, 32, -EAGAIN });
	ok(unitron_dtq_receive(object, data, 4, 0) == -EAGAIN && played(), "nothing, and no waiting");
	SCRIPT({ READ, 8, -EAGAIN }, { POLL, -1, 1 }, { READ, 8, -EAGAIN }, { POLL, -1, 1 }, { READ, 8, 8 });
	ok(unitron_dtq_receive(object, data, 1, UNITRON_FOREVER) == 1 && played() && polled == POLLIN, "waiting, and somebody else was faster");
	SCRIPT({ READ, 8, -EAGAIN }, { POLL, -1, 0 });
	ok(unitron_dtq_receive(object, data, 1, 50) == -ETIMEDOUT && played(), "a time-out");
	SCRIPT({ READ, 8, -EAGAIN }, { POLL, -1, -EINTR });
	ok(unitron_dtq_receive(object, data, 1, 50) == -EINTR && played(), "a signal");
	SCRIPT({ READ, 8, -EAGAIN }, { POLL, -1, 1 }, { READ, 8, -ENODEV });
	ok(unitron_dtq_receive(object, data, 1, UNITRON_FOREVER) == -ENODEV && played(), "the application ends");
	ok(errno == 99, "errno is left alone");
	unitron_close(object);
}

static void test_write(void)
{
	struct unitron *object = open_good(UNITRON_DATAQUEUE, UNITRON_WRITE);
	int64_t data[4] = { 0 };

	SCRIPT({ WRITE, 32, 8 }, { WRITE, 24, -EAGAIN }, { POLL, -1, 1 }, { WRITE, 24, 24 });
	ok(unitron_dtq_send(object, data, 4, UNITRON_FOREVER) == 4 && played() && polled == POLLOUT, "write: waits until all have gone");
	SCRIPT({ WRITE, 32, 8 }, { WRITE, 24, -EAGAIN });
	ok(unitron_dtq_send(object, data, 4, 0) == 1 && played(), "some are enough without waiting");
	SCRIPT({ WRITE, 32, 8 }, { WRITE, 24, -EAGAIN }, { POLL, -1, 0 });
	ok(unitron_dtq_send(object, data, 4, 50) == 1 && played(), "and at the time-out");
	SCRIPT({ WRITE, 32, -EAGAIN }, { POLL, -1, 0 });
	ok(unitron_dtq_send(object, data, 4, 50) == -ETIMEDOUT && played(), "none at the time-out");
	unitron_close(object);
	object = open_good(UNITRON_SEMAPHORE, UNITRON_WRITE);
	SCRIPT({ WRITE, 8, 8 });
	ok(unitron_sem_signal(object, 3, 0) == 0 && played(), "a semaphore");
	SCRIPT({ WRITE, 8, -EAGAIN }, { POLL, 1, LATE }, { WRITE, 8, -EAGAIN });
	ok(unitron_sem_signal(object, 3, 1) == -ETIMEDOUT && played(), "a device that is ready, and for this call is not: the time-out counts");
	unitron_close(object);
}

static void test_mask(void)
{
	struct unitron *object = open_good(UNITRON_EVENTFLAG, UNITRON_READ);
	uint32_t pattern = 0;

	SCRIPT({ READ, 8, 8 });
	ok(unitron_flg_wait(object, UINT32_MAX, &pattern, 0) == 0 && pattern == 0x07070707 && played(),
	   "event flag: all bits are the mask at first");
	SCRIPT({ IOCTL, (long)UNITRON_MASK, 0 }, { READ, 8, -EAGAIN });
	ok(unitron_flg_wait(object, 5, &pattern, 0) == -EAGAIN && played(), "another mask is told");
	SCRIPT({ READ, 8, -EAGAIN });
	ok(unitron_flg_wait(object, 5, &pattern, 0) == -EAGAIN && played(), "once");
	unitron_close(object);
}

int main(void)
{
	test_open();
	test_read();
	test_write();
	test_mask();
	return tap_end();
}
