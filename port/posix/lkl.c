/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library kernel's machine when the port is a process (lkl/itron/machine.h):
 * virtio devices of lkl/host, that two variables of the environment name.
 *
 *	LKL_DISK=FILE:FILE ...	disks: images or block devices, /dev/vda, /dev/vdb ...
 *	LKL_NET=tap:NAME	an interface, eth0: a tap device,
 *	LKL_NET=unix:PATH	or datagrams to and from the socket at PATH, one for
 *				each frame after its virtio header of 12 bytes
 *
 * Tasks preempt each other while they work on queues, and the queues' locks are
 * not made for that: only one task is in device code at a time. Another leaves
 * it a note and goes on.
 */
#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <lkl.h>
#include <lkl/host/virtio.h>
#include <lkl/itron/machine.h>

#include "posix.h"

#define LOOK_NS		500U		/* simulated time that looking at the clock takes: or loops until a time would not end */
#define VIRTIO_STEP	0x1000U		/* from a device's registers to the next one's */
#define VIRTIO_STATUS	0x70U		/* its register; 0 resets the device */
#define INPUT_WAIT_MS	1		/* host's time for answers from outside, in a tick of simulated time */

static struct lkl_disk disks[MACHINE_DEVICES];
static int files[MACHINE_DEVICES], file_count;	/* to be closed */
static unsigned int working;		/* 0: nobody is in device code; else changes with each note left */
static ID worker;			/* who is, then */
static UD random_state;

/*
 * Work on queues, and if look_ms is not negative first wait so long for input;
 * or leave a note to the task that is at it.
 */
static void work(int look_ms)
{
	unsigned int seen;

	if (__atomic_fetch_add(&working, 1, __ATOMIC_SEQ_CST))
		return;
	get_tid(&worker);
	do {
		seen = __atomic_load_n(&working, __ATOMIC_SEQ_CST);
		if (look_ms >= 0)
			virtio_look(look_ms);
		else
			virtio_work(1);
		look_ms = -1;
	} while (!__atomic_compare_exchange_n(&working, &seen, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
}

static void device_work(int may_block)
{
	work(-1);
}

/*
 * A reset waits for the queues' locks: if another task has them, which this one
 * keeps from going on, all would stand. That task lets go without the library's
 * CPU, so it may be waited for here, with the CPU held.
 */
static unsigned long long mmio(unsigned long address, unsigned int size, int writing, unsigned long long value)
{
	ID self = 0;

	get_tid(&self);
	if (writing && address % VIRTIO_STEP == VIRTIO_STATUS && !value)
		while (__atomic_load_n(&working, __ATOMIC_SEQ_CST) && worker != self)
			dly_tsk(1);
	return virtio_mmio(address, size, writing, value);
}

static int wrong(const char *what, const char *name, int error)
{
	vlog("lkl: %s '%s': %s", what, name, strerror(-error));
	return error;
}

static int keep(int fd)
{
	if (file_count == MACHINE_DEVICES) {
		close(fd);
		return -ENOSPC;
	}
	files[file_count++] = fd;
	return 0;
}

static int add_disk(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), error;
	struct lkl_disk *disk = &disks[file_count];

	if (fd < 0)
		return wrong("LKL_DISK: cannot open", path, -errno);
	error = keep(fd);
	if (!error)
		error = lkl_disk_file(disk, fd, 0);
	if (!error)
		error = lkl_disk_add(disk);
	return error < 0 ? wrong("LKL_DISK: cannot use", path, error) : 0;
}

static int add_disks(const char *list)
{
	char *copy = strdup(list), *rest = NULL;
	int error = copy ? 0 : -ENOMEM;

	for (char *path = copy ? strtok_r(copy, ":", &rest) : NULL; path && !error; path = strtok_r(NULL, ":", &rest))
		error = add_disk(path);
	free(copy);
	return error;
}

/* A datagram socket with a name that the host chooses, whose peer is path. */
static int open_socket(const char *path)
{
	struct sockaddr_un peer = { .sun_family = AF_UNIX }, own = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof(peer.sun_path))
		return -ENAMETOOLONG;
	strcpy(peer.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&own, sizeof(own.sun_family)) ||
	    connect(fd, (struct sockaddr *)&peer, sizeof(peer))) {
		error = errno;
		close(fd);
		return -error;
	}
	return fd;
}

static int add_net(const char *name)
{
	static const unsigned char address[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	int fd = -EINVAL, error;

	if (!strncmp(name, "tap:", 4))
		fd = lkl_net_tap(name + 4);
	else if (!strncmp(name, "unix:", 5))
		fd = open_socket(name + 5);
	if (fd == -EINVAL)
		return wrong("LKL_NET: neither tap:NAME nor unix:PATH", name, fd);
	if (fd < 0)
		return wrong("LKL_NET: cannot open", name, fd);
	error = keep(fd);
	if (!error)
		error = lkl_net_add(fd, address);
	return error < 0 ? wrong("LKL_NET: cannot use", name, error) : 0;
}

static void remove_devices(void)
{
	lkl_devices_remove();
	while (file_count)
		close(files[--file_count]);
}

int machine_start(struct lkl_host_ops *ops, void *arena, INTNO intno, char *words)
{
	const char *disk = getenv("LKL_DISK"), *net = getenv("LKL_NET");
	int error = disk ? add_disks(disk) : 0;

	if (!error && net)
		error = add_net(net);
	if (error) {
		remove_devices();
		return error;
	}
	_Static_assert(VIRTIO_COMMAND_LINE <= MACHINE_WORDS, "the words of all devices fit");
	virtio_command_line(words);
	ops->mmio = mmio;
	ops->device_work = device_work;
	random_state = 0;
	return 0;
}

void machine_stop(void)
{
	while (__atomic_load_n(&working, __ATOMIC_SEQ_CST))
		dly_tsk(1);
	virtio_stop_all();
	remove_devices();
}

UD machine_now(void)
{
	if (!port_options.real)
		vspn_tim(LOOK_NS);
	return port_clock->now();
}

/* In simulated time always the same: the run depends on the program alone. */
unsigned int machine_random(void *bytes, unsigned int length)
{
	ssize_t got;

	if (port_options.real) {
		got = getrandom(bytes, length, GRND_NONBLOCK);
		return got < 0 ? 0 : (unsigned int)got;
	}
	for (unsigned int i = 0; i < length; i++) {
		random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
		((unsigned char *)bytes)[i] = (unsigned char)(random_state >> 56);
	}
	return length;
}

BOOL machine_has_input(void)
{
	return virtio_has_input();
}

void machine_input(void)
{
	work(port_options.real ? 0 : INPUT_WAIT_MS);
}

UD machine_interrupts(void)
{
	return 0;
}
