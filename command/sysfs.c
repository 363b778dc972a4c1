/* SPDX-License-Identifier: BSD-2-Clause */
/* /sys/kernel/unitron: see unitron(4). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

const char *sysfs_directory(void)
{
	const char *other = getenv("UNITRON_SYSFS");

	return other ? other : "/sys/kernel/unitron";
}

static int explain(const char *path)
{
	if (errno == ENOENT && access(sysfs_directory(), F_OK))
		return fail("%s is not there: load an application first", sysfs_directory());
	if (errno == ENOENT)
		return fail("%s is not there: build the application with TRACE = 1", path);
	if (errno == EACCES || errno == EPERM)
		return fail("%s: %s; this wants root", path, strerror(errno));
	return fail("%s: %s", path, strerror(errno));
}

int sysfs_write(const char *file, const char *text)
{
	char path[4096];
	int fd, status = 0;

	if (snprintf(path, sizeof(path), "%s/%s", sysfs_directory(), file) >= (int)sizeof(path))
		return fail("%s: this name is too long", sysfs_directory());
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return explain(path);
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		status = explain(path);
	close(fd);
	return status;
}
