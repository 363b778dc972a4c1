/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module, asked by its device; and kw status.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kw.h"

static void complain_of_open(int error)
{
	switch (error) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		complain("there is no " KW_DEVICE ": the module is not loaded; as root, run modprobe kernelware");
		break;
	case EACCES:
	case EPERM:
		complain("may not open " KW_DEVICE ": be root, or a member of the group that it belongs to");
		break;
	default:
		complain("can't open " KW_DEVICE ": %s", strerror(error));
	}
}

bool device_info(struct kw_info *info)
{
	int fd = open(KW_DEVICE, O_RDWR | O_CLOEXEC);
	int result;

	memset(info, 0, sizeof(*info));
	if (fd < 0) {
		complain_of_open(errno);
		return false;
	}
	result = ioctl(fd, KW_INFO, info);
	if (result != 0 && errno != ENOTTY) {
		complain(KW_DEVICE ": %s", strerror(errno));
	} else if (result != 0) {
		complain(KW_DEVICE " does not answer as the module kernelware does; load the one of this release");
	} else if (info->abi != KW_ABI) {
		complain("the module has ABI %u, kw has %u: install both from one release, and load the module anew", info->abi, KW_ABI);
		result = -1;
	}
	close(fd);
	return result == 0;
}

int command_status(int argc, char **argv)
{
	struct kw_info info;

	if (argc != 1) {
		complain("%s: no arguments wanted", argv[0]);
		return RUN_FAILED;
	}
	if (!device_info(&info))
		return 1;
	printf("The module is loaded (ABI %u); it may be used. %u system calls have a gate of their own.\n", info.abi, info.gate_count);
	return fflush(stdout) == 0 ? 0 : RUN_FAILED;
}
