// SPDX-License-Identifier: BSD-2-Clause
/*
 * netbench lkl|native [MS [CASE]]: what a sender gets through to a receiver on
 * the host's kernel, and in one case the other way: lkl from a library kernel
 * over a tap device, native over a pair of veth devices from another network
 * namespace; MTU 1500, offloads on. Runs in a network namespace of its own
 * (unshare -rn). A line a figure: case, unit, value; only those that begin with
 * CASE. What is counted is what the receiver got. All TCP senders use cubic: what
 * the system's default is, bbr say, would decide more than what is compared.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kernel.h"
#include "figures.h"
#include "lkl.h"

enum { SINK = 5001, ECHO, SOURCE, DATAGRAMS };

static volatile uint64_t *received;	/* shared: bytes that the receiver got */
static char block[65536];
static int duration_ms = 1000;

static void die(const char *what, long error)
{
	fprintf(stderr, "netbench: %s: %s\n", what, strerror(error < 0 ? -error : error));
	exit(1);
}

static struct sockaddr_in receiver(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x0a000002) };

	return address;
}

static void *serve_connection(void *argument)
{
	int fd = (int)(long)argument >> 8, port = SINK + ((long)argument & 255);
	char *bytes = calloc(1, 1 << 18);
	ssize_t got;

	while (port == SOURCE && write(fd, bytes, 1 << 17) > 0)
		;			/* until the other end closes */
	while ((got = read(fd, bytes, 1 << 18)) > 0) {
		*received += got;
		if (port == ECHO && write(fd, bytes, got) != got)
			break;
	}
	close(fd);
	free(bytes);
	return NULL;
}

static const char congestion[] = "cubic";

static void *serve(void *argument)
{
	int port = (int)(long)argument, on = 1, size = 8 << 20;
	int fd = socket(AF_INET, port == DATAGRAMS ? SOCK_DGRAM : SOCK_STREAM, 0);
	struct sockaddr_in address = receiver(port);
	static char bytes[65536];
	pthread_t thread;
	ssize_t got;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, port == DATAGRAMS ? sizeof(size) : 0);
	if (bind(fd, (void *)&address, sizeof(address)))
		die("bind", errno);
	if (port == DATAGRAMS)
		while ((got = recv(fd, bytes, sizeof(bytes), 0)) >= 0)
			*received += got;
	listen(fd, 4);
	for (;;) {
		int connection = accept(fd, NULL, NULL);

		setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		setsockopt(connection, IPPROTO_TCP, TCP_CONGESTION, congestion, sizeof(congestion) - 1);
		pthread_create(&thread, NULL, serve_connection, (void *)((long)connection << 8 | (port - SINK)));
		pthread_detach(thread);
	}
	return NULL;
}

static void serve_all(void)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	for (long port = SINK; port <= DATAGRAMS; port++)
		pthread_create(&thread, NULL, serve, (void *)port);
	pause();
}

static long connect_to(int port, int type)
{
	struct sockaddr_in to = receiver(port);
	long fd, error;

	for (int tries = 0; ; tries++) {
		fd = CALL(socket, AF_INET, type, 0);
		if (type == SOCK_STREAM)
			CALL(setsockopt, fd, IPPROTO_TCP, TCP_CONGESTION, congestion, sizeof(congestion) - 1);
		error = CALL(connect, fd, &to, sizeof(to));
		if (!error)
			return fd;
		CALL(close, fd);
		if (tries == 50)
			die("connect", error);
		usleep(100000);		/* the receiver may still start */
	}
}

/* Gb/s that arrive */
static double stream(int port, int type, int size)
{
	long fd = connect_to(port, type), sent;
	double start, end;
	uint64_t before;

	usleep(20000);
	before = *received;
	start = now();
	do {
		for (int i = 0; i < 16; i++) {
			sent = CALL(write, fd, block, size);
			if (sent < 0 && sent != -ENOBUFS && sent != -EAGAIN)
				die("write", sent);
		}
		end = now();
	} while (end - start < duration_ms / 1e3);
	before = *received - before;
	CALL(close, fd);
	usleep(50000);			/* what is still under way must not count for the next */
	return before * 8 / (end - start) / 1e9;
}

/* Gb/s that the caller gets, in pieces of that size at most */
static double receive(int size)
{
	long fd = connect_to(SOURCE, SOCK_STREAM), got;
	uint64_t bytes = 0;
	double start, end;

	/* The first moment opens the windows. */
	for (start = now(); now() - start < 0.05; )
		if (CALL(read, fd, block, size) <= 0)
			die("read", EIO);
	start = now();
	do {
		for (int i = 0; i < 16; i++) {
			got = CALL(read, fd, block, size);
			if (got <= 0)
				die("read", got ? got : EIO);
			bytes += got;
		}
		end = now();
	} while (end - start < duration_ms / 1e3);
	CALL(close, fd);
	usleep(50000);
	return bytes * 8 / (end - start) / 1e9;
}

/* us a round trip of a byte */
static double round_trip(int size)
{
	long fd = connect_to(ECHO, SOCK_STREAM), times = 0;
	int on = 1;
	double start = now(), end;

	CALL(setsockopt, fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	do {
		if (CALL(write, fd, block, size) != size || CALL(read, fd, block, size) != size)
			die("round trip", EIO);
		times++;
		end = now();
	} while (end - start < duration_ms / 1e3);
	CALL(close, fd);
	return (end - start) / times * 1e6;
}

static double tcp(int size)
{
	return stream(SINK, SOCK_STREAM, size);
}

static double udp(int size)
{
	return stream(DATAGRAMS, SOCK_DGRAM, size);
}

/* Prints a case, if it is wanted. */
static void measure(const char *wanted, double (*how)(int size), int size, const char *unit, const char *format, ...)
{
	char name[32];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	if (strncmp(name, wanted, strlen(wanted)))
		return;
	printf("%s\t%s\t%.4g\n", name, unit, how(size));
	fflush(stdout);
}

static void run(const char *format, ...)
{
	char command[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	if (system(command))
		die(command, EINVAL);
}

static void join_library(void)
{
	static const unsigned char address[6] = { 2, 0, 0, 0, 0, 1 };
	struct lkl_linux_options options = { .memory = 128 << 20, .quiet = 1 };
	int fd = lkl_net_tap("tap0");
	long error;

	if (fd < 0)
		die("tap0", fd);
	run("ip addr add 10.0.0.2/24 dev tap0 && ip link set tap0 up");
	if (!fork())
		serve_all();
	error = lkl_linux_init(&options);
	if (!error)
		error = lkl_net_add(fd, address);
	if (error >= 0)
		error = lkl_linux_start("loglevel=1");
	if (!error)
		error = lkl_net_up("eth0", htonl(0x0a000001), 24);
	if (error)
		die("the library kernel", error);
}

static void join_native(void)
{
	int ready[2], go[2];
	pid_t child;
	char byte = 0;

	kernel = native_call;
	if (pipe(ready) || pipe(go))
		die("pipe", errno);
	child = fork();
	if (!child) {
		if (unshare(CLONE_NEWNET) || write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1)
			die("namespace", errno);
		run("ip addr add 10.0.0.2/24 dev v1 && ip link set v1 up");
		serve_all();
	}
	if (read(ready[0], &byte, 1) != 1)
		die("namespace", errno);
	run("ip link add v0 type veth peer name v1 netns %d && ip addr add 10.0.0.1/24 dev v0 && ip link set v0 up", child);
	if (write(go[1], &byte, 1) != 1)
		die("namespace", errno);
}

int main(int argc, char **argv)
{
	static const int sizes[] = { 64, 256, 1024, 4096, 16384, 65535 };
	const char *wanted = argc > 3 ? argv[3] : "";

	if (argc < 2 || (strcmp(argv[1], "lkl") && strcmp(argv[1], "native")))
		return 2;
	if (argc > 2)
		duration_ms = atoi(argv[2]);
	received = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!strcmp(argv[1], "lkl"))
		join_library();
	else
		join_native();
	for (int i = 0; i < 6; i++)
		measure(wanted, tcp, sizes[i], "Gb/s", "TCP %d B", sizes[i]);
	measure(wanted, receive, 65535, "Gb/s", "TCP receive");
	for (int i = 0; i < 6; i++) {
		int size = sizes[i] < 65507 ? sizes[i] : 65507;

		measure(wanted, udp, size, "Gb/s", "UDP %d B", size);
	}
	measure(wanted, round_trip, 1, "us", "TCP_RR");
	if (kernel == lkl_call)
		lkl_linux_halt();
	return 0;
}
