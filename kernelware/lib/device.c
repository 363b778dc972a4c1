/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests to /dev/kernelware, and what the module says about its gates.
 *
 * The device is opened for each request: a descriptor that stays open would be
 * closed, or taken for a leak, by programs that close all they do not know.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

struct kw_info kw_gate_info;

/* Set after the info was written. Threads that learn at once all write the same: gates stay while a process uses them. */
static atomic_bool known;

int kw_request(unsigned long request, unsigned long argument)
{
	int saved = errno;
	int result = 0;
	int fd = open(KW_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		result = errno == ENOENT || errno == ENXIO ? -ENODEV : -errno;
	} else {
		if (ioctl(fd, request, argument) < 0)
			result = -errno;
		close(fd);
	}
	errno = saved;
	return result;
}

int kw_gates_learn(void)
{
	struct kw_info info;
	int error = kw_request(KW_INFO, (unsigned long)&info);

	if (error != 0)
		return error == -ENOTTY ? -EPROTO : error;
	if (info.abi != KW_ABI)
		return -EPROTO;
	kw_gate_info = info;
	atomic_store_explicit(&known, true, memory_order_release);
	return 0;
}

int kw_gates(void)
{
	if (atomic_load_explicit(&known, memory_order_acquire))
		return 0;
	return kw_gates_learn();
}
