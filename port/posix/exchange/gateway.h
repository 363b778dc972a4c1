/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The posix port's host for the exchange: one thread, the gateway, which plays
 * the part of Linux. It alone makes the calls of exchange/host.h, so that it
 * needs no lock; with the kernel's thread it shares nothing but the rings.
 */
#pragma once

#include <exchange/config.h>
#include <exchange/host.h>

enum source_kind { SOURCE_KICK, SOURCE_LISTENER, SOURCE_CLIENT };

/* What an event of epoll belongs to: the first member of each. */
struct source {
	enum source_kind kind;
	int	fd;
};

/* Data that were taken out of the object for a reader who is gone: the next one gets them. */
struct saved {
	char	*data;
	size_t	begin, end;
};

struct served {
	struct source source;		/* the listening socket */
	struct exchange_object *object;
	struct client *clients;		/* in the order in which they came */
	struct saved saved;
	struct client *owner;		/* ring: the process that maps it, or NULL */
};

struct client {
	struct source source;
	struct served *served;
	struct client *next;
	int	process;		/* pidfd of who connected, or -1 */
	uint32_t mask;
	uint32_t signals;		/* semaphore: for how many its last write found no room; 0: one */
	bool	announced;		/* since its last request it was told that the object is ready */
	bool	notified;		/* the same, by the way it has chosen, since its last read or write */
	bool	pending;		/* request waits */
	struct unitron_request request;
	char	*data;			/* of a write that waits */
	size_t	done;			/* bytes of it that went */
	struct unitron_notify notify;
	int	notify_fd;		/* the eventfd, or -1 */
};

/* ---- sockets.c ------------------------------------------------------------- */

/* A listening socket for each object in the runtime directory; ends the process if that cannot be. */
void	sockets_open(struct served *served, unsigned int count);

/* ---- memory.c -------------------------------------------------------------- */

/* The memfd behind a ring's memory. */
int	memory_of(const struct exchange_object *object);

/* ---- client.c -------------------------------------------------------------- */

/* Somebody connects: NULL if nothing came of it. */
struct client *client_accept(struct served *served);
/* It has sent something. False: it is gone, or does not keep to the protocol. */
bool	client_request(struct client *client);
/* Try the request that waits. False: it is gone. */
bool	client_retry(struct client *client);
/* Say that the object is ready, if it is and the client does not know. False: it is gone. */
bool	client_announce(struct client *client);
/* The process's wish for its ring is fulfilled. False: it is gone. */
bool	client_ring_told(struct client *client);
/* Does it wait for something, and is that not there? With the wish to be kicked. */
bool	client_waits(struct client *client);
void	client_close(struct client *client);
