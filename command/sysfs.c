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

const char *root_directory(void)
{
	const char *other = getenv("UNITRON_ROOT");

	return other ? other : "";
}

static int explain(const char *path)
{
	if (errno == ENOENT && access(sysfs_directory(), F_OK))
		return fail("%s is not there: load an application first", sysfs_directory());
	if (errno == ENOENT && strstr(path, "/trac"))
		return fail("%s is not there: build the application with TRACE = 1", path);
	if (errno == EACCES || errno == EPERM)
		return fail("%s: %s; this wants root", path, strerror(errno));
	return fail("%s: %s", path, strerror(errno));
}

int sysfs_path(char *path, size_t size, const char *file)
{
	if (snprintf(path, size, "%s/%s", sysfs_directory(), file) >= (int)size)
		return fail("%s: this name is too long", sysfs_directory());
	return access(path, F_OK) ? explain(path) : 0;
}

int sysfs_read(const char *file, char *text, size_t size)
{
	char path[4096];
	int status = sysfs_path(path, sizeof(path), file);
	ssize_t got;
	int fd;

	if (status)
		return status;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return explain(path);
	got = read(fd, text, size - 1);
	if (got < 0)
		status = explain(path);
	else
		text[got > 0 && text[got - 1] == '\n' ? got - 1 : got] = '\0';
	close(fd);
	return status;
}

int sysfs_write(const char *file, const char *text)
{
	char path[4096];
	int fd, status = sysfs_path(path, sizeof(path), file);

	if (status)
		return status;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return explain(path);
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		status = fail("%s: %s; the kernel's log may say more: dmesg | tail", path, strerror(errno));
	close(fd);
	return status;
}
