// SPDX-License-Identifier: BSD-2-Clause
/* Mounting in the library kernel: its own /dev and /proc, and devices of any file system it has. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "lkl.h"
#include "mount.h"

void prepare_root(void)
{
	lkl_sys_mkdir("/dev", 0755);
	lkl_sys_mkdir("/proc", 0755);
	lkl_sys_mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	lkl_sys_mount("proc", "/proc", "proc", 0, NULL);
}

static long mount_any(const char *device, const char *where, unsigned long flags, const char *options)
{
	char list[4096], *line, *next;
	long fd = lkl_sys_open("/proc/filesystems", O_RDONLY, 0), length, error, result = -EINVAL;

	length = fd < 0 ? fd : lkl_sys_read(fd, list, sizeof(list) - 1);
	lkl_sys_close(fd);
	if (length < 0)
		return length;
	list[length] = 0;
	for (line = list; (next = strchr(line, '\n')); line = next + 1) {
		*next = 0;
		if (*line != '\t')
			continue;
		error = lkl_sys_mount(device, where, line + 1, flags, options);
		if (!error)
			return 0;
		if (error != -EINVAL && result == -EINVAL)
			result = error;
	}
	return result;
}

long mount_device(const char *device, const char *where, const char *type, unsigned long flags, const char *options)
{
	return type ? lkl_sys_mount(device, where, type, flags, options) : mount_any(device, where, flags, options);
}
