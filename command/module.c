/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include "command.h"
#include "module.h"

/* The value of name= among the zero-terminated strings of .modinfo, wherever it lies in the image; NULL if there is none */
static const char *information(const char *image, size_t size, const char *name)
{
	const char *place = memmem(image, size, name, strlen(name));

	if (!place || !memchr(place, '\0', size - (size_t)(place - image)))
		return NULL;
	return place + strlen(name);
}

int module_read(const char *path, char **image, size_t *size)
{
	const char *version, *needs;
	struct utsname kernel;

	*image = read_file(path, size);
	if (!*image)
		return COMMAND_FAILED;
	uname(&kernel);
	version = information(*image, *size, "vermagic=");
	needs = information(*image, *size, "depends=");
	if (*size < sizeof(Elf64_Ehdr) || memcmp(*image, ELFMAG, SELFMAG) || !version)
		fail("%s: not a module; build it with make PORT=linux", path);
	else if (strncmp(version, kernel.release, strlen(kernel.release)) || version[strlen(kernel.release)] != ' ')
		fail("%s: made for kernel %.*s, this is %s; build it with the headers of this kernel", path, (int)strcspn(version, " "), version,
		     kernel.release);
	else if (!needs || !strstr(needs, "unitron"))
		fail("%s: a module, but no uITRON application", path);
	else
		return 0;
	free(*image);
	*image = NULL;
	return COMMAND_FAILED;
}

int module_load_unit(void)
{
	int status;
	pid_t child;

	if (!access("/sys/module/unitron", F_OK))
		return 0;
	child = fork();
	if (child == 0) {
		execlp("modprobe", "modprobe", "unitron", (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		return fail("the module unitron is not loaded, and modprobe does not find it: insmod out/linux/unitron/unitron.ko, or make install");
	return 0;
}

int module_load(const char *name, const char *image, size_t size, const char *parameters)
{
	if (!syscall(SYS_init_module, image, size, parameters))
		return 0;
	switch (errno) {
	case EPERM:
		return fail("%s: only root loads modules", name);
	case EEXIST:
	case EBUSY:
		return fail("%s: an application is loaded already; unitron unload, or unitron replace", name);
	default:
		return fail("%s: not loaded: %s; the kernel's log says more: dmesg | tail", name, strerror(errno));
	}
}

int module_unload(void)
{
	char name[64];
	int status = sysfs_read("module", name, sizeof(name));

	if (status)
		return status;
	if (!syscall(SYS_delete_module, name, O_NONBLOCK))
		return 0;
	if (errno == EPERM)
		return fail("%s: only root unloads modules", name);
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return fail("%s: still in use; close what uses it", name);
	return fail("%s: not unloaded: %s", name, strerror(errno));
}
