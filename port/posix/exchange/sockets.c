/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets of the exported objects, as files in the user's runtime
 * directory. A file that a process left behind which did not end by itself is
 * replaced; one that is served by another process is not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <exchange/runtime.h>

#include "../posix.h"
#include "gateway.h"

#define BACKLOG	64

static struct sockaddr_un *made;
static unsigned int made_count;
static pid_t maker;

static void remove_sockets(void)
{
	if (getpid() != maker)
		return;
	for (unsigned int i = 0; i < made_count; i++)
		unlink(made[i].sun_path);
}

static void __attribute__((noreturn)) refused(const char *path, const char *why)
{
	remove_sockets();
	report_and_exit(EXIT_HOST, "cannot export to '%s': %s", path, why);
}

static int new_socket(void)
{
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Is nobody there any more who serves it? */
static bool left_behind(const struct sockaddr_un *address)
{
	int fd = new_socket();
	bool dead = connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 && errno == ECONNREFUSED;

	close(fd);
	return dead;
}

static int listen_at(const struct sockaddr_un *address, mode_t mode)
{
	int fd = new_socket();

	if (fd < 0)
		refused(address->sun_path, strerror(errno));
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
		if (errno != EADDRINUSE || !left_behind(address))
			refused(address->sun_path, errno == EADDRINUSE || errno == EISCONN ?
				"another process exports an object of this name" : strerror(errno));
		unlink(address->sun_path);
		if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0)
			refused(address->sun_path, strerror(errno));
	}
	made[made_count++] = *address;
	/* Nobody can connect before listen. */
	if (chmod(address->sun_path, mode) != 0 || listen(fd, BACKLOG) != 0)
		refused(address->sun_path, strerror(errno));
	return fd;
}

void sockets_open(struct served *served, unsigned int count)
{
	struct sockaddr_un address;

	made = calloc(count, sizeof(*made));
	maker = getpid();
	if (!made || atexit(remove_sockets) != 0)
		report_and_exit(EXIT_HOST, "cannot set up the exchange: no memory");
	if (!exchange_socket_path(&address, "") || (mkdir(address.sun_path, 0700) != 0 && errno != EEXIST))
		report_and_exit(EXIT_HOST, "cannot export to '%s': %s; XDG_RUNTIME_DIR names the directory above", address.sun_path,
				strerror(errno));
	for (unsigned int i = 0; i < count; i++) {
		const struct exchange_init *init = served[i].object->init;

		if (!exchange_socket_path(&address, init->name))
			refused(init->name, "the path is too long");
		served[i].source = (struct source){ SOURCE_LISTENER, listen_at(&address, init->expmode) };
	}
}
