/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gateway's thread and the hooks of exchange/host.h. It runs in real time
 * only: in simulated time nothing that comes from outside could be repeated, and
 * no socket is made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../posix.h"
#include "gateway.h"

static struct source kick = { SOURCE_KICK, -1 };
static struct served *served;
static int events;			/* epoll */

void exchange_host_kick(const struct exchange_object *object)
{
	const uint64_t one = 1;
	int saved = errno;

	/* It fails only with 2^64 - 2 kicks that were not looked at. */
	if (kick.fd >= 0 && write(kick.fd, &one, sizeof(one)) < 0)
		errno = saved;
}

void exchange_host_bell(INTNO intno)
{
	vras_int(intno);
}

static bool watch(struct source *source)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };

	return epoll_ctl(events, EPOLL_CTL_ADD, source->fd, &event) == 0;
}

static void drop(struct client *client)
{
	struct client **link = &client->served->clients;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	if (client->served->owner == client)
		client->served->owner = NULL;
	client_close(client);
}

/* Serve all clients of an object as far as that goes; in the end who waits has told the real-time side so. */
static void serve(struct served *object)
{
	struct client *client, *next;
	bool again;

	do {
		again = false;
		for (client = object->clients; client; client = next) {
			next = client->next;
			if (!client_retry(client) || !client_announce(client))
				drop(client);
		}
		for (client = object->clients; client; client = client->next)
			again |= !client_waits(client);
	} while (again);
}

static void serve_kicked(void)
{
	uint64_t count;

	if (read(kick.fd, &count, sizeof(count)) < 0)
		return;
	for (UINT i = 0; i < exchange_count; i++) {
		if (!exchange_kicked(served[i].object))
			continue;
		if (served[i].owner && !client_ring_told(served[i].owner))
			drop(served[i].owner);
		serve(&served[i]);
	}
}

static void connect_client(struct served *object)
{
	struct client *client = client_accept(object);
	struct client **link = &object->clients;

	if (!client)
		return;
	while (*link)
		link = &(*link)->next;
	*link = client;
	if (!watch(&client->source))
		drop(client);
	serve(object);
}

static void serve_client(struct client *client)
{
	struct served *object = client->served;

	if (!client_request(client))
		drop(client);
	serve(object);
}

static void *run(void *unused)
{
	struct epoll_event event;

	for (;;) {
		/* One event each time: serving one client may end another. */
		if (epoll_wait(events, &event, 1, -1) < 1)
			continue;
		struct source *source = event.data.ptr;

		switch (source->kind) {
		case SOURCE_KICK:
			serve_kicked();
			break;
		case SOURCE_LISTENER:
			connect_client((struct served *)source);
			break;
		case SOURCE_CLIENT:
			serve_client((struct client *)source);
			break;
		}
	}
	return NULL;
}

static void start_thread(void)
{
	sigset_t all, before;
	pthread_t thread;
	int error;

	/* The kernel's signals are for the kernel's thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, run, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		report_and_exit(EXIT_HOST, "cannot start the thread of the exchange: %s", strerror(error));
}

void exchange_host_start(void)
{
	if (!port_options.real)
		return;
	served = calloc(exchange_count, sizeof(*served));
	kick.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	events = epoll_create1(EPOLL_CLOEXEC);
	if (!served || kick.fd < 0 || events < 0 || !watch(&kick))
		report_and_exit(EXIT_HOST, "cannot set up the exchange: %s", strerror(errno));
	for (UINT i = 0; i < exchange_count; i++)
		served[i].object = &exchange_object[i];
	sockets_open(served, exchange_count);
	for (UINT i = 0; i < exchange_count; i++)
		if (!watch(&served[i].source))
			report_and_exit(EXIT_HOST, "cannot set up the exchange: %s", strerror(errno));
	start_thread();
}
