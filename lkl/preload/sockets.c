// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sockets: those of the internet, packet and routing families are the library
 * kernel's, others (such as AF_UNIX, by which a program talks to its neighbours)
 * the system's. A call on one of the library kernel's goes there as it is.
 */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "preload.h"

long call_sent(long result, int flags)
{
	if (result == -EPIPE && !(flags & MSG_NOSIGNAL))
		raise(SIGPIPE);
	return as_result(result);
}

long call_received(long result, struct msghdr *message, int flags)
{
	struct cmsghdr *one;
	int fd, adopted;

	for (one = result >= 0 ? CMSG_FIRSTHDR(message) : NULL; one; one = CMSG_NXTHDR(message, one)) {
		if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof(fd) <= one->cmsg_len; at += sizeof(fd)) {
			memcpy(&fd, (char *)one + at, sizeof(fd));
			adopted = fd_adopt(fd, flags & MSG_CMSG_CLOEXEC);
			fd = adopted < 0 ? -1 : adopted;
			memcpy((char *)one + at, &fd, sizeof(fd));
		}
	}
	return as_result(result);
}

EXPORT int socket(int domain, int type, int protocol)
{
	if (domain != AF_INET && domain != AF_INET6 && domain != AF_PACKET && !(domain == AF_NETLINK && protocol == NETLINK_ROUTE))
		return NEXT(socket)(domain, type, protocol);
	library_start();
	return as_result(fd_adopt(CALL(SYS_socket, domain, type, protocol), type & SOCK_CLOEXEC));
}

EXPORT int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	if (!fd_is_library(fd))
		return NEXT(accept4)(fd, address, length, flags);
	return as_result(fd_adopt(CALL(SYS_accept4, fd, address, length, flags), flags & SOCK_CLOEXEC));
}

EXPORT int accept(int fd, struct sockaddr *address, socklen_t *length)
{
	if (!fd_is_library(fd))
		return NEXT(accept)(fd, address, length);
	return accept4(fd, address, length, 0);
}

EXPORT int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_bind, fd, address, length)) : NEXT(bind)(fd, address, length);
}

EXPORT int listen(int fd, int backlog)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_listen, fd, backlog)) : NEXT(listen)(fd, backlog);
}

EXPORT int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_connect, fd, address, length)) : NEXT(connect)(fd, address, length);
}

EXPORT int getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_getsockname, fd, address, length)) : NEXT(getsockname)(fd, address, length);
}

EXPORT int getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_getpeername, fd, address, length)) : NEXT(getpeername)(fd, address, length);
}

EXPORT int getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_getsockopt, fd, level, name, value, length)) :
		NEXT(getsockopt)(fd, level, name, value, length);
}

EXPORT int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_setsockopt, fd, level, name, value, length)) :
		NEXT(setsockopt)(fd, level, name, value, length);
}

EXPORT int shutdown(int fd, int how)
{
	return fd_is_library(fd) ? (int)as_result(CALL(SYS_shutdown, fd, how)) : NEXT(shutdown)(fd, how);
}

EXPORT ssize_t send(int fd, const void *data, size_t size, int flags)
{
	return fd_is_library(fd) ? call_sent(CALL(SYS_sendto, fd, data, size, flags), flags) : NEXT(send)(fd, data, size, flags);
}

EXPORT ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length)
{
	return fd_is_library(fd) ? call_sent(CALL(SYS_sendto, fd, data, size, flags, to, length), flags) :
		NEXT(sendto)(fd, data, size, flags, to, length);
}

EXPORT ssize_t recv(int fd, void *data, size_t size, int flags)
{
	return fd_is_library(fd) ? as_result(CALL(SYS_recvfrom, fd, data, size, flags)) : NEXT(recv)(fd, data, size, flags);
}

EXPORT ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *length)
{
	return fd_is_library(fd) ? as_result(CALL(SYS_recvfrom, fd, data, size, flags, from, length)) :
		NEXT(recvfrom)(fd, data, size, flags, from, length);
}
