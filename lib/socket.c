/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transport over a socket of the posix port's: the other end of
 * port/posix/exchange/client.c. A call is one request and one reply; a wait that
 * ends early (time-out, signal) cancels its request and takes the reply, which
 * may have crossed the cancelling. Who sends what is no reply is disconnected.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <exchange/runtime.h>

#include "internal.h"

#define REPLY_MS	10000	/* a request that does not wait is answered at once; or never, by a process that is stopped */

/* A message from the other side that is there: its type, its result, up to size bytes of data. */
static int receive(struct unitron *object, struct unitron_reply *reply, void *data, size_t size, size_t *bytes)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec parts[] = { { reply, sizeof(*reply) }, { data, size } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = size ? 2 : 1, .msg_control = control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(object->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *passed;

	if (n < 0)
		return errno == ECONNRESET ? -ENODEV : -errno;
	if (n == 0)
		return -ENODEV;
	passed = CMSG_FIRSTHDR(&message);
	if (passed && passed->cmsg_level == SOL_SOCKET && passed->cmsg_type == SCM_RIGHTS) {
		if (object->descriptor >= 0)
			close(object->descriptor);
		memcpy(&object->descriptor, CMSG_DATA(passed), sizeof(int));
	}
	if ((size_t)n < sizeof(*reply) || (message.msg_flags & MSG_TRUNC) || reply->version != UNITRON_EXCHANGE_VERSION ||
	    reply->size != sizeof(*reply))
		return -EPROTO;
	*bytes = (size_t)n - sizeof(*reply);
	return 0;
}

/* The next reply, within this time. -ETIMEDOUT, -EINTR: not yet. */
static int await(struct unitron *object, int64_t deadline, struct unitron_reply *reply, void *data, size_t size, size_t *bytes)
{
	struct pollfd fd = { .fd = object->fd, .events = POLLIN };
	int result;

	for (;;) {
		result = receive(object, reply, data, size, bytes);
		if (result == 0 && reply->type == UNITRON_REPLY)
			return 0;
		if (result == 0)
			continue;	/* it was ready, or has become so: the reply says more */
		if (result != -EAGAIN && result != -EINTR)
			return result;
		result = poll(&fd, 1, deadline_left(deadline));
		if (result <= 0)
			return result == 0 ? -ETIMEDOUT : -errno;
	}
}

/* What was announced before is of no use after the next reply. */
static void forget_announcements(struct unitron *object)
{
	struct unitron_reply reply;
	size_t bytes;

	while (receive(object, &reply, NULL, 0, &bytes) == 0)
		;
}

static int send_request(const struct unitron *object, struct unitron_request *request, const void *data, size_t size, int descriptor)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec parts[] = { { request, sizeof(*request) }, { (void *)data, size } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = size ? 2 : 1 };
	ssize_t n;

	request->version = UNITRON_EXCHANGE_VERSION;
	request->size = sizeof(*request);
	if (descriptor >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		*CMSG_FIRSTHDR(&message) = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &descriptor, sizeof(int));
	}
	do {
		n = sendmsg(object->fd, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n >= 0 ? 0 : errno == EPIPE || errno == ECONNRESET ? -ENODEV : -errno;
}

/*
 * A request and its reply. timeout: of one with UNITRON_WAIT; others are answered
 * at once. got: bytes of data that came.
 */
static int64_t call(struct unitron *object, struct unitron_request *request, const void *sent, size_t sent_size, int descriptor,
		    void *data, size_t size, size_t *got, int timeout)
{
	struct unitron_request cancel = { .operation = UNITRON_OP_CANCEL };
	int64_t deadline = deadline_of(timeout == 0 ? REPLY_MS : timeout);
	struct unitron_reply reply;
	int early;
	int result;

	forget_announcements(object);
	result = send_request(object, request, sent, sent_size, descriptor);
	if (result != 0)
		return result;
	early = await(object, deadline, &reply, data, size, got);
	if (early != -ETIMEDOUT && early != -EINTR)
		return early != 0 ? early : reply.result;
	result = send_request(object, &cancel, NULL, 0, -1);
	while (result == 0 || result == -EINTR)
		if ((result = await(object, deadline_of(REPLY_MS), &reply, data, size, got)) == 0)
			return reply.result == -ECANCELED ? early : reply.result;
	/* A reply that came later would be taken for that to the next request. */
	shutdown(object->fd, SHUT_RDWR);
	return result == -ETIMEDOUT ? -ENODEV : result;
}

static ssize_t socket_read(struct unitron *object, void *data, size_t size, int timeout)
{
	struct unitron_request request = { .operation = UNITRON_OP_READ, .flags = timeout == 0 ? 0 : UNITRON_WAIT };
	int saved = errno;
	int64_t result;
	size_t got = 0;

	request.argument = size < UNITRON_DATA_MAX ? size : UNITRON_DATA_MAX;
	result = call(object, &request, NULL, 0, -1, data, request.argument, &got, timeout);
	errno = saved;
	return result >= 0 && (uint64_t)result != got ? -EPROTO : (ssize_t)result;
}

static ssize_t socket_write(struct unitron *object, const void *data, size_t size, int timeout)
{
	int64_t deadline = deadline_of(timeout);
	int saved = errno;
	size_t done = 0, got;
	int64_t result;

	do {
		struct unitron_request request = { .operation = UNITRON_OP_WRITE, .flags = timeout == 0 ? 0 : UNITRON_WAIT };
		int left = timeout == 0 ? 0 : deadline_left(deadline);

		if (timeout > 0 && left == 0 && done)
			break;
		request.argument = size - done < UNITRON_DATA_MAX ? size - done : UNITRON_DATA_MAX;
		result = call(object, &request, (const char *)data + done, request.argument, -1, NULL, 0, &got,
			      left == 0 && timeout ? 1 : left);
		if (result > 0)
			done += (size_t)result;
	} while (result > 0 && done < size && (timeout != 0 || result == UNITRON_DATA_MAX));
	errno = saved;
	return done ? (ssize_t)done : (ssize_t)result;
}

static int simple_call(struct unitron *object, uint32_t operation, uint64_t argument, const void *sent, size_t sent_size, int descriptor,
		       void *data, size_t size)
{
	struct unitron_request request = { .operation = operation, .argument = argument };
	int saved = errno;
	size_t got = 0;
	int64_t result = call(object, &request, sent, sent_size, descriptor, data, size, &got, 0);

	errno = saved;
	return result < 0 ? (int)result : got == size ? 0 : -EPROTO;
}

static int socket_mask(struct unitron *object, uint32_t mask)
{
	return simple_call(object, UNITRON_OP_MASK, mask, NULL, 0, -1, NULL, 0);
}

static int socket_notify(struct unitron *object, const struct unitron_notify *notify)
{
	return simple_call(object, UNITRON_OP_NOTIFY, 0, notify, sizeof(*notify),
			   notify->how == UNITRON_NOTIFY_EVENTFD ? notify->descriptor : -1, NULL, 0);
}

static int socket_clock(struct unitron *object, struct unitron_clock *clock)
{
	int result = simple_call(object, UNITRON_OP_CLOCK, 0, NULL, 0, -1, clock, sizeof(*clock));

	return result == 0 && clock->version != UNITRON_EXCHANGE_VERSION ? -EPROTO : result;
}

/* Either way the other side says so. */
static short socket_events(const struct unitron *object)
{
	return POLLIN;
}

static int socket_ring_wait(struct unitron *object, int64_t deadline)
{
	struct pollfd fd = { .fd = object->fd, .events = POLLIN };
	struct unitron_reply reply;
	int saved = errno;
	size_t bytes;
	int result = poll(&fd, 1, deadline_left(deadline));

	result = result == 0 ? -ETIMEDOUT : result < 0 ? -errno : receive(object, &reply, NULL, 0, &bytes);
	errno = saved;
	return result == -EAGAIN ? 0 : result;
}

static int socket_ring_bell(struct unitron *object)
{
	struct unitron_request request = { .operation = UNITRON_OP_BELL };
	int saved = errno;
	int result = send_request(object, &request, NULL, 0, -1);

	errno = saved;
	return result;
}

static int socket_map(struct unitron *object)
{
	int result = simple_call(object, UNITRON_OP_MAP, 0, NULL, 0, -1, NULL, 0);

	if (result == 0)
		result = object->descriptor >= 0 ? ring_map(object, object->descriptor) : -EPROTO;
	if (object->descriptor >= 0)
		close(object->descriptor);
	object->descriptor = -1;
	return result;
}

static const struct transport socket_transport = {
	.read = socket_read, .write = socket_write, .mask = socket_mask, .notify = socket_notify, .clock = socket_clock,
	.events = socket_events, .ring_wait = socket_ring_wait, .ring_bell = socket_ring_bell,
};

int socket_open(struct unitron *object, const char *name)
{
	struct sockaddr_un address;
	int result;

	if (!exchange_socket_path(&address, name))
		return -EINVAL;
	object->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (object->fd < 0)
		return -errno;
	object->transport = &socket_transport;
	if (connect(object->fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		result = errno == ECONNREFUSED ? -ENODEV : errno == ENOTDIR ? -ENOENT : -errno;
	else
		result = simple_call(object, UNITRON_OP_INFO, 0, NULL, 0, -1, &object->info, sizeof(object->info));
	if (result == 0)
		result = info_check(&object->info);
	if (result == 0 && object->info.kind == UNITRON_RING)
		result = socket_map(object);
	if (result != 0)
		close(object->fd);
	return result;
}
