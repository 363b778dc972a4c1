// SPDX-License-Identifier: BSD-2-Clause
/*
 * Two library kernels, each in a process, joined by a socket pair: UDP of many
 * sizes and TCP in both directions, all data checked. With the argument "tap" the
 * other one is the host's kernel, over a tap device: to be run in a network
 * namespace of its own. TAP from the first.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"
#include "lkl.h"
#include "tap.h"

#define PORT	4000
#define TOTAL	(64 << 20)
#define LAST	20		/* datagrams that are sent just before the halt */

static unsigned char block[65536];

static const unsigned char addresses[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };

static struct sockaddr_in peer(int number)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	address.sin_addr.s_addr = htonl(0x0a000001 + number);
	return address;
}

static int boot(int fd, int number)
{
	struct lkl_linux_options options = { .quiet = !getenv("LKL_LOG") };
	long error = lkl_linux_init(&options);

	if (!error)
		error = lkl_net_add(fd, addresses[number]);
	if (error >= 0)
		error = lkl_linux_start("loglevel=7");
	if (!error)
		error = lkl_net_up("eth0", peer(number).sin_addr.s_addr, 24);
	if (error)
		fprintf(stderr, "net: side %d: %s\n", number, strerror(-error));
	return error;
}

/* Byte at a place of the stream, the same on both sides */
static unsigned char expected(size_t at)
{
	return at * 2654435761U >> 24;
}

static int send_stream(int fd)
{
	size_t at = 0, size, i;
	long sent;

	while (at < TOTAL) {
		size = 1 + (at * 7919) % sizeof(block);
		if (size > TOTAL - at)
			size = TOTAL - at;
		for (i = 0; i < size; i++)
			block[i] = expected(at + i);
		for (i = 0; i < size; i += sent) {
			sent = CALL(write, fd, block + i, size - i);
			if (sent <= 0)
				return -1;
		}
		at += size;
	}
	return 0;
}

static int check_stream(int fd)
{
	size_t at = 0;
	long got, i;

	while (at < TOTAL) {
		got = CALL(read, fd, block, sizeof(block));
		if (got <= 0)
			return -1;
		for (i = 0; i < got; i++)
			if (block[i] != expected(at + i))
				return -1;
		at += got;
	}
	return 0;
}

/* The second kernel: echoes datagrams until an empty one, then takes a stream and sends one. */
static int other_side(int fd)
{
	struct sockaddr_in me = peer(1), from;
	struct timeval patience = { 2, 0 };
	int length = sizeof(from);
	long udp, tcp, stream, got;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd < 0)
		kernel = native_call;
	else if (boot(fd, 1))
		return 1;
	udp = CALL(socket, AF_INET, SOCK_DGRAM, 0);
	tcp = CALL(socket, AF_INET, SOCK_STREAM, 0);
	if (CALL(bind, udp, (void *)&me, sizeof(me)) || CALL(bind, tcp, (void *)&me, sizeof(me)) || CALL(listen, tcp, 1))
		return 1;
	while ((got = CALL(recvfrom, udp, block, sizeof(block), 0, (void *)&from, &length)) > 0)
		CALL(sendto, udp, block, got, 0, (void *)&from, sizeof(from));
	stream = CALL(accept, tcp, NULL, NULL);
	if (stream < 0 || check_stream(stream) || send_stream(stream))
		return 1;
	CALL(shutdown, stream, SHUT_WR);
	/* The first side sends these and halts at once, which closes its end of the stream. */
	CALL(setsockopt, udp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (i = 0; i < LAST; i++)
		if (CALL(recvfrom, udp, block, sizeof(block), 0, NULL, NULL) != 1000)
			return 2;
	CALL(setsockopt, stream, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (CALL(read, stream, block, 1) != 0)
		return 3;
	return fd < 0 ? 0 : lkl_linux_halt() != 0;
}

static void echo(void)
{
	static unsigned char back[sizeof(block)];
	static const int sizes[] = { 1, 64, 1024, 1472, 1473, 9000, 32768, 65507 };
	struct timeval patience = { 1, 0 };
	struct sockaddr_in to = peer(1);
	long fd = CALL(socket, AF_INET, SOCK_DGRAM, 0);
	int good = 0, tries, got;

	CALL(setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (int at = 0; at < sizes[i]; at++)
			block[at] = expected(at + i);
		/* The other side may still boot, and datagrams may be lost. */
		for (tries = 0, got = -1; tries < 10 && got != sizes[i]; tries++) {
			CALL(sendto, fd, block, sizes[i], 0, (void *)&to, sizeof(to));
			got = CALL(recvfrom, fd, back, sizeof(back), 0, NULL, NULL);
		}
		good += got == sizes[i] && !memcmp(block, back, sizes[i]);
	}
	ok(good == sizeof(sizes) / sizeof(sizes[0]), "datagrams of 1 to 65507 bytes come back (%d of 8 sizes)", good);
	CALL(sendto, fd, block, 0, 0, (void *)&to, sizeof(to));
	CALL(close, fd);
}

/* The host's end of the tap device, natively. */
static int tap_up(void)
{
	struct ifreq request = { .ifr_name = "tap0" };
	struct sockaddr_in address = peer(1);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), error;

	memcpy(&request.ifr_addr, &address, sizeof(address));
	error = ioctl(fd, SIOCSIFADDR, &request);
	address.sin_addr.s_addr = htonl(0xffffff00);
	memcpy(&request.ifr_addr, &address, sizeof(address));
	error |= ioctl(fd, SIOCSIFNETMASK, &request) || ioctl(fd, SIOCGIFFLAGS, &request);
	request.ifr_flags |= IFF_UP;
	error |= ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return error;
}

static int join(int tap, int *ends)
{
	int size = 4 << 20;

	if (tap) {
		ends[0] = lkl_net_tap("tap0");
		ends[1] = -1;
		return ends[0] < 0 || tap_up();
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -1;
	for (int i = 0; i < 2; i++)
		setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = peer(1);
	int pair[2], status;
	long fd, error;
	pid_t child;

	if (!ok(!join(argc > 1 && !strcmp(argv[1], "tap"), pair), "the two ends are made"))
		return done_testing();
	child = fork();
	if (!child)
		_exit(other_side(pair[1]));
	close(pair[1]);
	if (ok(!boot(pair[0], 0), "the kernel boots with an interface")) {
		echo();
		fd = CALL(socket, AF_INET, SOCK_STREAM, 0);
		error = CALL(connect, fd, (void *)&to, sizeof(to));
		ok(!error, "a connection is made");
		ok(!send_stream(fd), "64 MiB are sent");
		ok(!check_stream(fd), "64 MiB come back right");
		fd = CALL(socket, AF_INET, SOCK_DGRAM, 0);
		for (int i = 0; i < LAST; i++)
			error |= CALL(sendto, fd, block, 1000, 0, (void *)&to, sizeof(to)) != 1000;
		ok(lkl_linux_halt() == 0 && !error, "%d datagrams are sent, then the kernel halts with its sockets open", LAST);
	}
	waitpid(child, &status, 0);
	ok(status == 0, "the other side got all right, the last datagrams and the stream's end too (status %x)", status);
	return done_testing();
}
