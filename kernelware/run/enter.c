/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entering kernel mode: see enter.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <unitron/kernelware.h>

#include "enter.h"
#include "run.h"
#include "text.h"

_Static_assert(RUN_STAY_FORK == KW_STAY_FORK && RUN_STAY_EXEC == KW_STAY_EXEC, "flags go to the module as they are");

static bool in_kernel_mode(void)
{
	unsigned short cs;

	__asm__ ("mov %%cs, %0" : "=r" (cs));
	return (cs & 3) == 0;
}

static void complain(const char *what, int error)
{
	struct text text = { .length = 0 };

	text_add(&text, "kw: ");
	text_add(&text, what);
	if (error == EOPNOTSUPP) {
		text_add(&text, ": this process can't be served: it shares its memory with another one, or uses a shadow stack");
	} else {
		text_add(&text, ": ");
		text_add(&text, strerrordesc_np(error) ? strerrordesc_np(error) : "unknown error");
	}
	text_show(&text);
}

void enter(const struct run *run)
{
	const char *what = "can't open " KW_DEVICE;
	int error = 0;
	int fd;

	if (in_kernel_mode())
		return;
	fd = open(KW_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		error = errno;
	} else {
		what = "can't enter kernel mode";
		/* EBUSY: it has been entered in between, for a program that is to stay. */
		if (ioctl(fd, KW_ENTER, (unsigned long)(run->flags & (RUN_STAY_FORK | RUN_STAY_EXEC))) != 0 && errno != EBUSY)
			error = errno;
		close(fd);
	}
	if (error == 0)
		return;
	if (run->pid == (uint64_t)getpid()) {
		complain(what, error);
		_exit(RUN_FAILED);
	}
	if (run->flags & RUN_VERBOSE)
		complain(what, error);
}
