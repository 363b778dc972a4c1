/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * web, a small web server: what its files share. web.c: connections and the
 * loop; request.c: what is asked for and the head of the answer; transfer.c and
 * direct.c: three ways from the file to the socket.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define BUFFER_SIZE	65536		/* a read and a write */
#define REQUEST_SIZE	8192		/* all lines of a request's head */
#define ANSWER_SIZE	1024		/* the head of an answer, and an error's text */

/* What follows the head of an answer: a file from offset to end. */
struct body {
	int file;			/* -1: nothing */
	off_t offset;
	off_t end;
	size_t begin;			/* of send_by_buffer(): what is in the buffer */
	size_t filled;			/* and not sent */
	char buffer[BUFFER_SIZE];
};

struct connection {
	int socket;
	unsigned int events;		/* that epoll waits for */
	long last;			/* s, when something came or went */
	bool keep;			/* another request may follow */
	bool lingering;			/* the last answer is sent, what still comes is dropped */
	size_t received;
	size_t answer_size;
	size_t answer_sent;
	char request[REQUEST_SIZE + 1];
	char answer[ANSWER_SIZE];
	struct body body;
};

/*
 * Send a part of the body, and count offset up. Does not wait for the socket.
 * The number of bytes; 0: the file ends before body->end; -1: see errno, EAGAIN
 * among others.
 */
typedef ssize_t send_function(int socket, struct body *body);

send_function send_by_buffer;		/* read and write */
send_function send_by_sendfile;
send_function send_directly __attribute__((weak));	/* in kernel mode only */

/* direct.c: 0 or, with a message, -1. Before the first send_directly(). */
int prepare_direct(void) __attribute__((weak));

/*
 * Is there a whole request in c->request? Then put the head of the answer into
 * c->answer, set c->body and c->keep, and remove the request. root: the
 * directory that is served.
 */
bool answer_request(struct connection *c, int root);

/* Put the answer to a request that can't be understood or is too large into c->answer. */
void answer_error(struct connection *c, int status, bool with_text);
