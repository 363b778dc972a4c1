/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of rings that processes map: a memfd each, sealed, so that no process
 * can take away under our hands what it was given. The posix port starts its
 * application once, so that nothing is ever given back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../posix.h"
#include "gateway.h"

#define RINGS_MAX	256

static struct {
	const struct exchange_object *object;
	int fd;
} memories[RINGS_MAX];
static unsigned int count;

void *exchange_host_memory(const struct exchange_object *object, size_t size)
{
	int fd = memfd_create(object->init->name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *memory = MAP_FAILED;

	if (count == RINGS_MAX)
		report_and_exit(EXIT_HOST, "more than %d rings", RINGS_MAX);
	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		report_and_exit(EXIT_HOST, "no memory for the ring %s: %s", object->init->name, strerror(errno));
	memories[count].object = object;
	memories[count].fd = fd;
	count++;
	return memory;
}

int memory_of(const struct exchange_object *object)
{
	unsigned int i = 0;

	while (memories[i].object != object)
		i++;
	return memories[i].fd;
}
