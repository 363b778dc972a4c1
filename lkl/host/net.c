// SPDX-License-Identifier: BSD-2-Clause
/*
 * Network interfaces: virtio-net on a file that moves whole frames. Frames keep
 * their virtio header, so that checksums and segmentation are left to whoever is
 * at the other end. Received frames are read straight into the kernel's buffers,
 * several of them if need be; those that were not filled wait for the next. A
 * tap device gets the fragments of a UDP datagram in one write (datagram.c).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datagram.h"
#include "lkl.h"
#include "virtio.h"

#define FRAME_MAX	(65550 + sizeof(struct virtio_net_hdr_v1))
#define BUFFERS		64	/* of one frame: FRAME_MAX in the smallest that the kernel posts */
#define PIECES		(BUFFERS * 2)
#define STOP_PATIENCE	5	/* tenths of a second for frames that the other end does not take, when the device is reset */

enum { RECEIVE, SEND };

struct buffer {
	uint16_t	head;
	int		pieces;		/* in the interface's piece[], from the first buffer on */
	size_t		length;
};

struct net {
	struct virtio_device	device;
	struct virtio_net_config config;
	int			fd;
	struct buffer		buffer[BUFFERS];	/* taken and not yet filled */
	struct iovec		piece[PIECES];
	int			buffers, pieces;
	size_t			room;			/* of all of them */
	struct virtio_request	request;
	int			joins;			/* whether the other end takes whole datagrams */
	struct datagram		datagram;		/* frames of the send queue that were taken and are not yet written */
};

/* Takes buffers until the largest frame has room, or there are no more. */
static void take_buffers(struct net *net)
{
	struct virtio_request *request = &net->request;
	struct buffer *buffer;

	while (net->room < FRAME_MAX && net->buffers < BUFFERS && net->pieces + 4 < PIECES &&
	       virtio_take(&net->device, RECEIVE, request)) {
		buffer = &net->buffer[net->buffers++];
		*buffer = (struct buffer){ .head = request->head };
		for (int i = request->out; i < request->out + request->in && net->pieces < PIECES; i++) {
			net->piece[net->pieces++] = request->pieces[i];
			buffer->length += request->pieces[i].iov_len;
			buffer->pieces++;
		}
		net->room += buffer->length;
	}
}

/* Gives back the buffers that a frame of that length fills, all at once. */
static void give_buffers(struct net *net, size_t length)
{
	struct virtio_net_hdr_v1 *header = net->piece[0].iov_base;
	int count = 0, pieces = 0;
	size_t part;

	for (; count < net->buffers && length; count++) {
		part = length < net->buffer[count].length ? length : net->buffer[count].length;
		virtio_put(&net->device, RECEIVE, count, net->buffer[count].head, part);
		length -= part;
		net->room -= net->buffer[count].length;
		pieces += net->buffer[count].pieces;
	}
	header->num_buffers = count;
	virtio_publish(&net->device, RECEIVE, count);
	net->buffers -= count;
	net->pieces -= pieces;
	memmove(net->buffer, net->buffer + count, net->buffers * sizeof(net->buffer[0]));
	memmove(net->piece, net->piece + pieces, net->pieces * sizeof(net->piece[0]));
}

static void receive(struct net *net)
{
	ssize_t length;
	int full;

	for (;;) {
		take_buffers(net);
		/* Less room than for the largest frame would cut one: wait for more. The next notification brings it. */
		full = net->room < FRAME_MAX;
		if (__atomic_exchange_n(&net->device.full, full, __ATOMIC_SEQ_CST) && !full)
			virtio_wake_worker();
		if (full)
			return;
		length = readv(net->fd, net->piece, net->pieces);
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return;
		if ((size_t)length > sizeof(struct virtio_net_hdr_v1))
			give_buffers(net, length);
	}
}

/* Like writev(); fails with EAGAIN only if a reset waits. */
static ssize_t write_frame(struct net *net, const struct iovec *pieces, int count)
{
	struct pollfd wait = { .fd = net->fd, .events = POLLOUT };
	int patience = STOP_PATIENCE;
	ssize_t written;

	/* A full file holds the sender up; any other failure loses the frame, as a wire does. */
	while ((written = writev(net->fd, pieces, count)) < 0 && (errno == EAGAIN || errno == EINTR)) {
		if (__atomic_load_n(&net->device.stopping, __ATOMIC_SEQ_CST) && patience-- <= 0)
			break;
		poll(&wait, 1, 100);
	}
	return written;
}

/* Writes what has been gathered: as one, or as it is if there are fragments missing or the other end does not know how. */
static void write_datagram(struct net *net)
{
	struct datagram *datagram = &net->datagram;
	int apart = !datagram->complete || !net->joins;

	if (!apart && write_frame(net, datagram->whole, datagram_join(datagram)) < 0 && errno == EINVAL) {
		net->joins = 0;
		apart = 1;
	}
	for (int i = 0; i < datagram->frames; i++) {
		if (apart)
			write_frame(net, &datagram->piece[datagram->frame[i].first], datagram->frame[i].pieces);
		virtio_give(&net->device, SEND, datagram->frame[i].head, 0);
	}
	datagram->frames = datagram->pieces = datagram->complete = datagram->length = 0;
}

/* Whether the frame that was taken is part of a datagram, which is written with its last one. */
static int gather(struct net *net)
{
	struct datagram *datagram = &net->datagram;

	if (!datagram_add(datagram, &net->request)) {
		write_datagram(net);
		if (!datagram_add(datagram, &net->request))
			return 0;
	}
	if (datagram->complete)
		write_datagram(net);
	return 1;
}

static void send_frames(struct net *net)
{
	struct virtio_request *request = &net->request;

	while (virtio_take(&net->device, SEND, request)) {
		if (net->joins && gather(net))
			continue;
		write_frame(net, request->pieces, request->out);
		virtio_give(&net->device, SEND, request->head, 0);
	}
	/* What is missing of a datagram may never come. */
	write_datagram(net);
}

static void work(struct virtio_device *device, unsigned int queue)
{
	struct net *net = device->data;

	if (queue == RECEIVE)
		receive(net);
	else if (queue == SEND)
		send_frames(net);
}

static void reset(struct virtio_device *device)
{
	struct net *net = device->data;

	net->buffers = net->pieces = net->room = 0;
}

int lkl_net_add(int fd, const unsigned char address[6])
{
	struct ifreq tap;
	struct net *net;
	int number;

	if (linux_started)
		return -EBUSY;
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		return -errno;
	net = calloc(1, sizeof(*net));
	if (!net)
		return -ENOMEM;
	memcpy(net->config.mac, address, 6);
	net->fd = fd;
	net->joins = !ioctl(fd, TUNGETIFF, &tap);
	net->device.id = VIRTIO_ID_NET;
	net->device.features = 1ULL << VIRTIO_NET_F_CSUM | 1ULL << VIRTIO_NET_F_GUEST_CSUM | 1ULL << VIRTIO_NET_F_MAC |
		1ULL << VIRTIO_NET_F_HOST_TSO4 | 1ULL << VIRTIO_NET_F_HOST_TSO6 | 1ULL << VIRTIO_NET_F_GUEST_TSO4 |
		1ULL << VIRTIO_NET_F_GUEST_TSO6 | 1ULL << VIRTIO_NET_F_MRG_RXBUF;
	net->device.queues = 2;
	net->device.config = &net->config;
	net->device.config_size = sizeof(net->config);
	net->device.data = net;
	net->device.input = fd;
	net->device.work = work;
	net->device.reset = reset;
	number = virtio_add(&net->device);
	if (number < 0)
		free(net);
	return number;
}

int lkl_net_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC), size = sizeof(struct virtio_net_hdr_v1), error;

	if (fd < 0)
		return -errno;
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &request) || ioctl(fd, TUNSETVNETHDRSZ, &size) ||
	    ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)) {
		error = errno;
		close(fd);
		return -error;
	}
	return fd;
}

int lkl_net_up(const char *name, unsigned int address, int prefix)
{
	struct ifreq request = { .ifr_flags = 0 };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = address };
	long fd = lkl_sys_socket(AF_INET, SOCK_DGRAM, 0), error = 0;

	if (fd < 0)
		return fd;
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (address) {
		memcpy(&request.ifr_addr, &in, sizeof(in));
		error = lkl_sys_ioctl(fd, SIOCSIFADDR, &request);
		in.sin_addr.s_addr = htonl(prefix ? ~0U << (32 - prefix) : 0);
		memcpy(&request.ifr_addr, &in, sizeof(in));
		if (!error)
			error = lkl_sys_ioctl(fd, SIOCSIFNETMASK, &request);
	}
	if (!error)
		error = lkl_sys_ioctl(fd, SIOCGIFFLAGS, &request);
	request.ifr_flags |= IFF_UP;
	if (!error)
		error = lkl_sys_ioctl(fd, SIOCSIFFLAGS, &request);
	lkl_sys_close(fd);
	return error;
}
