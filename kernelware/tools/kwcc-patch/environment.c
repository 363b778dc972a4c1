/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the auditor of kernelware/run, in programs linked by kwcc: such a program
 * names it itself (DT_AUDIT), so there is nothing from `kw run` in the
 * environment, and the gates are asked of the module. If there is none, the
 * auditor stays out, and the program's start code tells the user.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <unitron/kernelware.h>

#include "environment.h"

static bool off;

/* glibc calls constructors with the arguments of main. */
__attribute__((constructor)) static void learn(int argc, char **argv, char **environment)
{
	(void)argc;
	(void)argv;
	for (; *environment != NULL; environment++)
		off = off || strcmp(*environment, "KW=off") == 0;
}

bool environment_read(struct run *run)
{
	struct kw_info info;
	bool known;
	int fd;

	if (off)
		return false;
	fd = open(KW_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	known = ioctl(fd, KW_INFO, &info) == 0 && info.abi == KW_ABI;
	close(fd);
	if (!known)
		return false;
	run->flags = 0;
	/* No process: whether entering fails is the start code's business. */
	run->pid = 0;
	run->gates = (struct gates){ .gate = info.gate, .stride = info.gate_stride, .count = info.gate_count, .any = info.gate_any };
	return true;
}

void environment_clean(void)
{
}
