// SPDX-License-Identifier: BSD-2-Clause
/*
 * In place of glibc.c for programs that are linked statically with musl: calls
 * that musl declares otherwise. Its structures of messages have int lengths
 * where the kernel has 64 bits, and gaps that nobody has cleared.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "preload.h"

#define CONTROL_MAX	1024	/* bytes of control messages, as musl has it */

/* `lkl run` knows by this note that it need not load anything into the program. */
static const struct {
	unsigned int	name_size, size, type;
	char		name[4];
} note __attribute__((section(".note.lkl,\"a\",@note#"), used, aligned(4))) = { 4, 0, 1, "lkl" };

EXPORT int ioctl(int fd, int request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_ioctl, fd, (unsigned int)request, argument)) : NEXT(ioctl)(fd, request, argument);
}

EXPORT int getdents(int fd, struct dirent *data, size_t size)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_getdents64, fd, data, size)) : NEXT(getdents)(fd, data, size);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	char control[CONTROL_MAX] __attribute__((aligned(8)));
	struct msghdr copy = *message;
	struct cmsghdr *one;

	if (!fd_is_library(fd))
		return NEXT(sendmsg)(fd, message, flags);
	copy.__pad1 = copy.__pad2 = 0;
	if (copy.msg_controllen > sizeof(control)) {
		errno = ENOMEM;
		return -1;
	}
	if (copy.msg_controllen) {
		memcpy(control, copy.msg_control, copy.msg_controllen);
		copy.msg_control = control;
		for (one = CMSG_FIRSTHDR(&copy); one; one = CMSG_NXTHDR(&copy, one))
			one->__pad1 = 0;
	}
	return call_sent(CALL(SYS_sendmsg, fd, &copy, flags), flags);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	if (!fd_is_library(fd))
		return NEXT(recvmsg)(fd, message, flags);
	message->__pad1 = message->__pad2 = 0;
	return call_received(CALL(SYS_recvmsg, fd, message, flags), message, flags);
}

EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, unsigned int flags)
{
	ssize_t sent;

	if (!fd_is_library(fd))
		return NEXT(sendmmsg)(fd, messages, count, flags);
	for (unsigned int i = 0; i < count; i++) {
		sent = sendmsg(fd, &messages[i].msg_hdr, flags);
		if (sent < 0)
			return i ? (int)i : -1;
		messages[i].msg_len = sent;
	}
	return count;
}

EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, unsigned int flags, struct timespec *timeout)
{
	long got;

	if (!fd_is_library(fd))
		return NEXT(recvmmsg)(fd, messages, count, flags, timeout);
	for (unsigned int i = 0; i < count; i++)
		messages[i].msg_hdr.__pad1 = messages[i].msg_hdr.__pad2 = 0;
	got = CALL(SYS_recvmmsg, fd, messages, count, flags, timeout);
	for (long i = 0; i < got; i++)
		call_received(0, &messages[i].msg_hdr, flags);
	return as_result(got);
}
