/* SPDX-License-Identifier: BSD-2-Clause */
/* Boots of the library kernel with a disk, for tests that mount it on /mnt. */
#ifndef TESTS_LKL_MOUNTED_H
#define TESTS_LKL_MOUNTED_H

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lkl.h"

/* Makes /mnt, and /dev with the devices, in a kernel that was just booted. 0 or -errno. */
static inline long make_places(void)
{
	lkl_sys_mkdir("/dev", 0755);
	lkl_sys_mkdir("/mnt", 0755);
	return lkl_sys_mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
}

/* Sets the host up and boots with the disk, ready to be mounted as /dev/vda. 0 or -errno. */
static inline long boot_with(struct lkl_disk *disk, const struct lkl_linux_options *options)
{
	long error = lkl_linux_init(options);

	if (!error)
		error = lkl_disk_add(disk);
	if (error >= 0)
		error = lkl_linux_start(options->quiet ? "loglevel=1" : "");
	return error ? error : make_places();
}

/* Fills in a disk with a private copy of an image in memory. 0 or -errno. */
static inline long copy_of(const char *image, struct lkl_disk *disk)
{
	int fd = open(image, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *base;
	long error;

	if (fd < 0)
		return -errno;
	error = fstat(fd, &status) ? -errno : 0;
	base = error ? MAP_FAILED : mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	if (!error && base == MAP_FAILED)
		error = -errno;
	close(fd);
	return error ? error : lkl_disk_memory(disk, base, status.st_size);
}

#endif
