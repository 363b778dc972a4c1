/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One process that has an object open: its requests and the replies, the
 * protocol of include/unitron/exchange.h. Nothing that a process sends is
 * believed; one that breaks the protocol, or does not take its replies, is
 * disconnected. Nothing here waits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../posix.h"
#include "gateway.h"

/* What comes and goes: a head, data behind it */
static struct {
	struct unitron_request request;
	_Alignas(8) char data[UNITRON_DATA_MAX];
} received;
static struct {
	struct unitron_reply reply;
	_Alignas(8) char data[UNITRON_DATA_MAX];
} sent;

/* ---- replies --------------------------------------------------------------- */

/* False: the client is gone, or does not read. */
static bool send_reply(struct client *client, enum unitron_reply_type type, int64_t result, size_t bytes)
{
	size_t size = sizeof(sent.reply) + bytes;

	sent.reply = (struct unitron_reply){ UNITRON_EXCHANGE_VERSION, sizeof(sent.reply), type, result };
	return send(client->source.fd, &sent, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static bool reply(struct client *client, int64_t result)
{
	return send_reply(client, UNITRON_REPLY, result, 0);
}

/* ---- reading ---------------------------------------------------------------- */

static long read_saved(struct saved *saved, size_t size, uint32_t kind)
{
	size_t bytes = saved->end - saved->begin;

	if (kind == UNITRON_MAILBOX && size < bytes)
		return -EMSGSIZE;
	if (size < 8 && kind != UNITRON_MAILBOX)
		return -EINVAL;
	if (bytes > size)
		bytes = size & ~(size_t)7;
	memcpy(sent.data, saved->data + saved->begin, bytes);
	saved->begin += bytes;
	if (saved->begin == saved->end) {
		free(saved->data);
		*saved = (struct saved){ 0 };
	}
	return (long)bytes;
}

/* The reader is gone: what it was to get is put aside. */
static void put_back(struct served *served, size_t bytes)
{
	struct saved *saved = &served->saved;
	size_t left = saved->end - saved->begin;
	char *data;

	if (exchange_unread(served->object, sent.data))
		return;
	data = malloc(bytes + left);
	if (!data)
		return;
	memcpy(data, sent.data, bytes);
	if (left)
		memcpy(data + bytes, saved->data + saved->begin, left);
	free(saved->data);
	*saved = (struct saved){ data, 0, bytes + left };
}

static long try_read(struct client *client)
{
	struct served *served = client->served;
	size_t size = client->request.argument < UNITRON_DATA_MAX ? client->request.argument : UNITRON_DATA_MAX;

	if (served->saved.data)
		return read_saved(&served->saved, size, served->object->init->exckind);
	return exchange_read(served->object, sent.data, size, client->mask);
}

/* ---- writing ---------------------------------------------------------------- */

/* data: all of the request's. -EAGAIN: some are left, and who waits goes on. */
static long try_write(struct client *client, const char *data)
{
	struct exchange_object *object = client->served->object;
	size_t size = client->request.argument;
	long result;

	do {
		result = exchange_write(object, data + client->done, size - client->done);
		if (result > 0)
			client->done += (size_t)result;
	} while (result > 0 && client->done < size);
	if (object->init->exckind == UNITRON_SEMAPHORE)
		client->signals = result == -EAGAIN ? *(const uint64_t *)data : 0;
	if (result < 0 && !client->done)
		return result;
	/* Who waits wants all to go; without waiting some is enough. */
	return result == -EAGAIN && client->request.flags & UNITRON_WAIT ? -EAGAIN : (long)client->done;
}

/* ---- requests --------------------------------------------------------------- */

static bool finish(struct client *client, long result)
{
	bool reads = client->request.operation == UNITRON_OP_READ && result > 0;
	bool there = send_reply(client, UNITRON_REPLY, result, reads ? (size_t)result : 0);

	if (!there && reads)
		put_back(client->served, (size_t)result);
	free(client->data);
	client->data = NULL;
	client->pending = false;
	return there;
}

/* data: of a write. */
static bool transfer(struct client *client, const char *data)
{
	bool reads = client->request.operation == UNITRON_OP_READ;
	long result = reads ? try_read(client) : try_write(client, data);

	if (result != -EAGAIN || !(client->request.flags & UNITRON_WAIT))
		return finish(client, result);
	client->pending = true;
	return true;
}

bool client_retry(struct client *client)
{
	return !client->pending || transfer(client, client->data);
}

static bool begin_transfer(struct client *client, size_t bytes)
{
	bool writes = client->request.operation == UNITRON_OP_WRITE;

	if (client->pending || (writes && client->request.argument != bytes))
		return false;
	client->done = 0;
	client->notified = false;
	if (!transfer(client, received.data))
		return false;
	if (client->pending && writes) {
		client->data = malloc(bytes);
		if (!client->data)
			return false;
		memcpy(client->data, received.data, bytes);
	}
	return true;
}

/* What had gone already counts. */
static bool cancel(struct client *client)
{
	return !client->pending || finish(client, client->done ? (long)client->done : -ECANCELED);
}

static bool send_clock(struct client *client)
{
	struct unitron_clock clock = { .version = UNITRON_EXCHANGE_VERSION, .size = sizeof(clock) };
	struct timespec before, after;
	uint64_t from, to;

	clock_gettime(CLOCK_MONOTONIC, &before);
	clock.realtime = vcyc_ns(vget_cyc());
	clock_gettime(CLOCK_MONOTONIC, &after);
	from = (uint64_t)before.tv_sec * 1000000000U + (uint64_t)before.tv_nsec;
	to = (uint64_t)after.tv_sec * 1000000000U + (uint64_t)after.tv_nsec;
	clock.monotonic = from + (to - from) / 2;
	clock.uncertainty = (uint32_t)((to - from + 1) / 2);
	memcpy(sent.data, &clock, sizeof(clock));
	return send_reply(client, UNITRON_REPLY, 0, sizeof(clock));
}

static bool send_info(struct client *client)
{
	struct unitron_info info;

	exchange_info(client->served->object, &info);
	memcpy(sent.data, &info, sizeof(info));
	return send_reply(client, UNITRON_REPLY, 0, sizeof(info));
}

static bool send_descriptor(struct client *client, int descriptor)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { &sent, sizeof(sent.reply) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };

	sent.reply = (struct unitron_reply){ UNITRON_EXCHANGE_VERSION, sizeof(sent.reply), UNITRON_REPLY, 0 };
	*CMSG_FIRSTHDR(&message) = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &descriptor, sizeof(int));
	return sendmsg(client->source.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof(sent.reply);
}

static bool map_ring(struct client *client)
{
	struct served *served = client->served;

	if (served->object->init->exckind != UNITRON_RING)
		return reply(client, -EBADF);
	if (served->owner && served->owner != client)
		return reply(client, -EBUSY);
	served->owner = client;
	exchange_ring_open(served->object);
	return send_descriptor(client, memory_of(served->object));
}

static bool ring_bell(struct client *client)
{
	if (client->served->owner != client)
		return false;
	exchange_ring_bell(client->served->object);
	return true;
}

/* A process may pass any descriptor, also one whose write waits. */
static bool is_eventfd(int fd)
{
	static const char wanted[] = "anon_inode:[eventfd]";
	char path[32], target[sizeof(wanted)];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, target, sizeof(target)) == sizeof(wanted) - 1 && !memcmp(target, wanted, sizeof(wanted) - 1);
}

/* fd: that came with the request, or -1; it is kept or closed. */
static int set_notify(struct client *client, size_t bytes, int fd)
{
	struct unitron_notify notify;

	memcpy(&notify, received.data, sizeof(notify));
	if (bytes != sizeof(notify) || notify.version != UNITRON_EXCHANGE_VERSION || notify.size != sizeof(notify) ||
	    notify.how > UNITRON_NOTIFY_SIGNAL || (notify.how == UNITRON_NOTIFY_EVENTFD) != (fd >= 0) || (fd >= 0 && !is_eventfd(fd)) ||
	    (notify.how == UNITRON_NOTIFY_SIGNAL && (notify.signal < 1 || notify.signal > SIGRTMAX))) {
		if (fd >= 0)
			close(fd);
		return -EINVAL;
	}
	if (client->notify_fd >= 0)
		close(client->notify_fd);
	client->notify = notify;
	client->notify_fd = fd;
	client->notified = false;
	return 0;
}

/* A request that is whole, of bytes of data; fd came with it, or -1. */
static bool carry_out(struct client *client, size_t bytes, int fd)
{
	uint32_t operation = received.request.operation;

	if (fd >= 0 && (operation != UNITRON_OP_NOTIFY || client->pending)) {
		close(fd);
		return false;
	}
	if (operation == UNITRON_OP_CANCEL)
		return cancel(client);
	if (operation == UNITRON_OP_BELL)
		return ring_bell(client);
	if (client->pending)
		return false;
	client->request = received.request;
	client->announced = false;
	switch (operation) {
	case UNITRON_OP_INFO:
		return send_info(client);
	case UNITRON_OP_READ:
	case UNITRON_OP_WRITE:
		return begin_transfer(client, bytes);
	case UNITRON_OP_MAP:
		return map_ring(client);
	case UNITRON_OP_CLOCK:
		return send_clock(client);
	case UNITRON_OP_NOTIFY:
		return reply(client, set_notify(client, bytes, fd));
	case UNITRON_OP_MASK:
		if (!client->request.argument || client->request.argument > UINT32_MAX)
			return reply(client, -EINVAL);
		client->mask = (uint32_t)client->request.argument;
		return reply(client, 0);
	default:
		return false;
	}
}

/* The one descriptor of a message, or -1; all others are closed. */
static int take_descriptor(struct msghdr *message)
{
	int fd = -1;

	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
		size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			if (fd >= 0)
				close(fd);
			memcpy(&fd, CMSG_DATA(control) + i * sizeof(int), sizeof(int));
		}
	}
	return fd;
}

bool client_request(struct client *client)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))];
	struct iovec part = { &received, sizeof(received) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(client->source.fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int fd;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	fd = take_descriptor(&message);
	if ((size_t)n < sizeof(received.request) || (message.msg_flags & MSG_TRUNC) ||
	    received.request.version != UNITRON_EXCHANGE_VERSION || received.request.size != sizeof(received.request)) {
		if (n > 0)
			reply(client, -EPROTO);
		if (fd >= 0)
			close(fd);
		return false;
	}
	return carry_out(client, (size_t)n - sizeof(received.request), fd);
}

/* ---- becoming ready ---------------------------------------------------------- */

static bool is_ready(struct client *client, bool wish)
{
	return client->served->saved.data || exchange_ready(client->served->object, client->mask, client->signals, wish);
}

static void notify(const struct client *client)
{
	siginfo_t info = { .si_signo = client->notify.signal, .si_code = SI_QUEUE };
	const uint64_t one = 1;

	switch (client->notify.how) {
	case UNITRON_NOTIFY_EVENTFD:
		/* One that is full must not hold up the others. */
		if (poll(&(struct pollfd){ .fd = client->notify_fd, .events = POLLOUT }, 1, 0) == 1 &&
		    write(client->notify_fd, &one, sizeof(one)) < 0)
			return;
		break;
	case UNITRON_NOTIFY_SIGNAL:
		info.si_pid = getpid();
		info.si_uid = getuid();
		info.si_value.sival_int = client->notify.value;
		syscall(SYS_pidfd_send_signal, client->process, client->notify.signal, &info, 0);
		break;
	}
}

bool client_announce(struct client *client)
{
	if (client->pending || client->announced || !is_ready(client, false))
		return true;
	client->announced = true;
	if (!client->notified)
		notify(client);
	client->notified = true;
	return send_reply(client, UNITRON_READY, 0, 0);
}

bool client_ring_told(struct client *client)
{
	notify(client);
	return send_reply(client, UNITRON_READY, 0, 0);
}

bool client_waits(struct client *client)
{
	if (!client->pending && client->announced)
		return true;
	return !is_ready(client, true);
}

/* ---- coming and going --------------------------------------------------------- */

struct client *client_accept(struct served *served)
{
	int fd = accept4(served->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client = fd >= 0 ? calloc(1, sizeof(*client)) : NULL;
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);

	if (!client) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	*client = (struct client){
		.source = { SOURCE_CLIENT, fd }, .served = served, .process = -1, .mask = UINT32_MAX, .notify_fd = -1,
	};
	/* The process and not its number, which may be another's when a signal is due. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid > 0)
		client->process = (int)syscall(SYS_pidfd_open, peer.pid, 0);
	return client;
}

void client_close(struct client *client)
{
	close(client->source.fd);
	if (client->process >= 0)
		close(client->process);
	if (client->notify_fd >= 0)
		close(client->notify_fd);
	free(client->data);
	free(client);
}
