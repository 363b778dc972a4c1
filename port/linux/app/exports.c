/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The linux port's side of exchange/host.h, as far as it is compiled with the
 * real-time side; linked with EXCHANGE = 1. exchange_host_kick runs there; the
 * functions of port_exchange are called by the delivery unit, in Linux's
 * contexts, and do nothing but what exchange/host.c does.
 */
#include <exchange/exchange.h>
#include "app.h"

void exchange_host_start(void)
{
	/* The unit asks for the objects when they are set up. */
}

void *exchange_host_memory(const struct exchange_object *object, size_t size)
{
	return application_ring((unsigned int)(object - exchange_object), size);
}

void exchange_host_kick(const struct exchange_object *object)
{
	rt_kick_linux();
}

static unsigned int count(void)
{
	return exchange_count;
}

static struct exchange_object *object(unsigned int index)
{
	return &exchange_object[index];
}

static unsigned int mode(const struct exchange_object *of)
{
	return of->init->expmode;
}

static void *memory(const struct exchange_object *of)
{
	return application_ring((unsigned int)(of - exchange_object), 0);
}

const struct rt_exchange port_exchange = {
	.count = count, .object = object, .mode = mode, .info = exchange_info, .state = exchange_state, .read = exchange_read, .unread = exchange_unread,
	.write = exchange_write, .ready = exchange_ready, .kicked = exchange_kicked, .memory = memory, .open = exchange_ring_open, .bell = exchange_ring_bell,
};
