// SPDX-License-Identifier: BSD-2-Clause
/*
 * web: serves the files below a directory to many connections at a time, by
 * one thread and epoll. A connection is reading a request, sending an answer,
 * or lingering: the last answer is out, and what still comes is dropped until
 * the other side closes too, lest a reset destroy the answer on its way.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "web.h"

#define CONNECTIONS	1024		/* the next ones wait */
#define IDLE_SECONDS	60
#define LINGER_SECONDS	5

enum outcome { CLOSE, WAIT_TO_READ, WAIT_TO_WRITE };

static int root, epoll, listener, open_connections;
static bool accepting;
static struct connection *connections[CONNECTIONS + 64];	/* by socket */
static send_function *send_body;

static void fail(const char *what)
{
	fprintf(stderr, "web: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

static void watch(int operation, int socket, unsigned int events)
{
	struct epoll_event event = { .events = events, .data.fd = socket };

	if (epoll_ctl(epoll, operation, socket, &event) != 0)
		fail("epoll_ctl");
}

/* Take connections only while there is room for them. */
static void accept_while_room(void)
{
	bool room = open_connections < CONNECTIONS;

	if (room != accepting)
		watch(EPOLL_CTL_MOD, listener, room ? EPOLLIN : 0);
	accepting = room;
}

static void close_file(struct connection *c)
{
	if (c->body.file >= 0)
		close(c->body.file);
	c->body.file = -1;
}

static void close_connection(struct connection *c)
{
	close_file(c);
	connections[c->socket] = NULL;
	close(c->socket);
	free(c);
	open_connections--;
	accept_while_room();
}

static void accept_connections(void)
{
	while (open_connections < CONNECTIONS) {
		int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct connection *c;

		if (socket < 0)
			break;
		c = (size_t)socket < sizeof(connections) / sizeof(connections[0]) ? malloc(sizeof(*c)) : NULL;
		if (c == NULL) {
			close(socket);
			break;
		}
		/* The buffers need no zeros. */
		memset(c, 0, offsetof(struct connection, request));
		c->socket = socket;
		c->body.file = -1;
		c->last = now();
		c->events = EPOLLIN;
		connections[socket] = c;
		open_connections++;
		watch(EPOLL_CTL_ADD, socket, EPOLLIN);
	}
	accept_while_room();
}

static enum outcome wait_or_close(enum outcome wait)
{
	return errno == EAGAIN || errno == EINTR ? wait : CLOSE;
}

/* The answer is out: on to the next request, or to the end. */
static enum outcome finish_answer(struct connection *c)
{
	close_file(c);
	c->answer_size = 0;
	if (!c->keep) {
		c->lingering = true;
		shutdown(c->socket, SHUT_WR);
	}
	return WAIT_TO_READ;
}

/* Send what there is to send; at the end c->answer_size is 0. */
static enum outcome send_answer(struct connection *c)
{
	struct body *body = &c->body;
	ssize_t n;

	while (c->answer_sent < c->answer_size) {
		int more = body->file >= 0 && body->offset < body->end ? MSG_MORE : 0;

		n = send(c->socket, c->answer + c->answer_sent, c->answer_size - c->answer_sent, MSG_NOSIGNAL | more);
		if (n < 0)
			return wait_or_close(WAIT_TO_WRITE);
		c->answer_sent += n;
	}
	if (body->file >= 0 && body->offset < body->end) {
		n = send_body(c->socket, body);
		/* A file that has become shorter: the length that was promised can't be kept. */
		if (n == 0)
			return CLOSE;
		if (n < 0)
			return wait_or_close(WAIT_TO_WRITE);
		/* The rest later: other connections wait, too. */
		if (body->offset < body->end)
			return WAIT_TO_WRITE;
	}
	return finish_answer(c);
}

/* Read more of a request, and answer what can't become one. */
static enum outcome receive(struct connection *c)
{
	ssize_t n;

	if (c->lingering)
		c->received = 0;
	if (c->received == REQUEST_SIZE) {
		answer_error(c, memmem(c->request, c->received, "\r\n", 2) != NULL ? 431 : 414, true);
		return WAIT_TO_WRITE;
	}
	n = recv(c->socket, c->request + c->received, REQUEST_SIZE - c->received, 0);
	if (n < 0)
		return wait_or_close(WAIT_TO_READ);
	if (n == 0)
		return CLOSE;
	c->received += n;
	return WAIT_TO_READ;
}

/* Something can be done for a connection: do it, once around. */
static void serve(struct connection *c)
{
	enum outcome outcome = c->answer_size > 0 ? send_answer(c) : receive(c);
	unsigned int events;

	/* Several requests may have come at once. */
	while (outcome != CLOSE && c->answer_size == 0 && !c->lingering && answer_request(c, root))
		outcome = send_answer(c);
	if (outcome == CLOSE) {
		close_connection(c);
		return;
	}
	if (!c->lingering)
		c->last = now();
	events = c->answer_size > 0 ? EPOLLOUT : EPOLLIN;
	if (events != c->events)
		watch(EPOLL_CTL_MOD, c->socket, events);
	c->events = events;
}

static void close_idle(void)
{
	static long looked;
	long t = now();

	if (t == looked)
		return;
	looked = t;
	for (size_t i = 0; i < sizeof(connections) / sizeof(connections[0]); i++) {
		struct connection *c = connections[i];

		if (c != NULL && t - c->last > (c->lingering ? LINGER_SECONDS : IDLE_SECONDS))
			close_connection(c);
	}
}

static void listen_at(const char *address, unsigned short port)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
		fprintf(stderr, "web: %s is no IPv4 address\n", address);
		exit(2);
	}
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) != 0 ||
	    bind(listener, (struct sockaddr *)&name, sizeof(name)) != 0 || listen(listener, SOMAXCONN) != 0)
		fail(address);
	watch(EPOLL_CTL_ADD, listener, EPOLLIN);
	accepting = true;
}

static void choose_transfer(const char *name)
{
	if (strcmp(name, "readwrite") == 0) {
		send_body = send_by_buffer;
	} else if (strcmp(name, "sendfile") == 0) {
		send_body = send_by_sendfile;
	} else if (strcmp(name, "direct") == 0 && send_directly != NULL) {
		send_body = send_directly;
		if (prepare_direct() != 0)
			exit(1);
	} else {
		fprintf(stderr, "web: there is no transfer '%s' in this program: readwrite, sendfile%s\n", name,
			send_directly != NULL ? ", direct" : "; direct is in the one that kwcc built");
		exit(2);
	}
}

static void usage(void)
{
	fprintf(stderr, "usage: web [-a ADDRESS] [-p PORT] [-t readwrite|sendfile|direct] DIRECTORY\n");
	exit(2);
}

static void run(void)
{
	struct epoll_event events[64];

	for (;;) {
		int n = epoll_wait(epoll, events, 64, 1000);

		if (n < 0 && errno != EINTR)
			fail("epoll_wait");
		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listener)
				accept_connections();
			else if (connections[events[i].data.fd] != NULL)
				serve(connections[events[i].data.fd]);
		}
		close_idle();
	}
}

int main(int argc, char **argv)
{
	const char *address = "127.0.0.1", *transfer = send_directly != NULL ? "direct" : "sendfile";
	unsigned short port = 8080;
	int option;

	while ((option = getopt(argc, argv, "a:p:t:")) != -1) {
		if (option == 'a')
			address = optarg;
		else if (option == 'p')
			port = atoi(optarg);
		else if (option == 't')
			transfer = optarg;
		else
			usage();
	}
	if (optind != argc - 1)
		usage();
	signal(SIGPIPE, SIG_IGN);	/* sendfile has no flag against it */
	choose_transfer(transfer);
	root = open(argv[optind], O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		fail(argv[optind]);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		fail("epoll_create1");
	listen_at(address, port);
	printf("web: serving %s at http://%s:%d/ by %s\n", argv[optind], address, port, transfer);
	fflush(stdout);
	run();
}
