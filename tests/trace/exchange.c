/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What passes between the sides, once each: tests/trace/exchange.expected. Linux
 * is played by the least urgent task, which makes the host's calls.
 */
#include <exchange/config.h>
#include <exchange/host.h>
#include "exchange_story.h"
#include "kernel_id.h"

static struct exchange_object *object(const char *name)
{
	for (UINT i = 0; i < exchange_count; i++)
		if (!__builtin_strcmp(exchange_init[i].name, name))
			return &exchange_object[i];
	return NULL;
}

void receiver_task(VP_INT exinf)
{
	VP_INT datum;

	while (rcv_dtq(SETPOINT, &datum) == E_OK)
		snd_dtq(REPORTS, datum + 1);
}

void linux_task(VP_INT exinf)
{
	uint64_t data[3] = { 1, 2, 3 }, message[32] = { 0 };

	exchange_ready(object("REPORTS"), UINT32_MAX, 1, true);		/* wishes to be called */
	exchange_write(object("SETPOINT"), data, sizeof(data));
	exchange_write(object("BOX"), message, sizeof(message));
	data[0] = 2;
	exchange_write(object("COUNT"), data, 8);
	exchange_write(object("BITS"), data, 8);
	vput_rng(BULK, data, 3);		/* two have room */
	vput_rng(BULK, data, 3);
	exchange_ring_open(object("BULK"));
	vlog("a line");
	vstp_sys(0);
}
