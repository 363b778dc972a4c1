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

static void info(unsigned int object, struct unitron_info *to)
{
	exchange_info(&exchange_object[object], to);
}

static unsigned int mode(unsigned int object)
{
	return exchange_init[object].expmode;
}

static void state(unsigned int object, uint32_t *filled, uint32_t *moved, bool *broken)
{
	exchange_state(&exchange_object[object], filled, moved, broken);
}

static long read(unsigned int object, void *data, size_t size, uint32_t mask)
{
	return exchange_read(&exchange_object[object], data, size, mask);
}

static bool unread(unsigned int object, const void *data)
{
	return exchange_unread(&exchange_object[object], data);
}

static long write(unsigned int object, const void *data, size_t size)
{
	return exchange_write(&exchange_object[object], data, size);
}

static bool ready(unsigned int object, uint32_t mask, uint32_t signals, bool wish)
{
	return exchange_ready(&exchange_object[object], mask, signals, wish);
}

static bool kicked(unsigned int object)
{
	return exchange_kicked(&exchange_object[object]);
}

static void *memory(unsigned int object)
{
	return application_ring(object, 0);
}

static void open(unsigned int object)
{
	exchange_ring_open(&exchange_object[object]);
}

static void bell(unsigned int object)
{
	exchange_ring_bell(&exchange_object[object]);
}

const struct rt_exchange port_exchange = {
	.count = count, .info = info, .mode = mode, .state = state, .read = read, .unread = unread, .write = write, .ready = ready,
	.kicked = kicked, .memory = memory, .open = open, .bell = bell,
};
