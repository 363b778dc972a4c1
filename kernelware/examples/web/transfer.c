// SPDX-License-Identifier: BSD-2-Clause
/*
 * From the file to the socket by means that every program has: read and write,
 * and sendfile.
 */
#include <errno.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web.h"

#define SENDFILE_MAX	(1 << 20)	/* at once: other connections wait meanwhile */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

ssize_t send_by_buffer(int socket, struct body *body)
{
	ssize_t n;

	if (body->begin == body->filled) {
		n = pread(body->file, body->buffer, smaller(BUFFER_SIZE, body->end - body->offset), body->offset);
		if (n <= 0)
			return n;
		body->begin = 0;
		body->filled = n;
	}
	n = send(socket, body->buffer + body->begin, body->filled - body->begin, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0) {
		body->begin += n;
		body->offset += n;
	}
	return n;
}

ssize_t send_by_sendfile(int socket, struct body *body)
{
	return sendfile(socket, body->file, &body->offset, smaller(SENDFILE_MAX, body->end - body->offset));
}
