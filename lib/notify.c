/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the process is told that an object is ready, and the clocks.
 */
#include "internal.h"

static int notify(struct unitron *object, struct unitron_notify how)
{
	how.version = UNITRON_EXCHANGE_VERSION;
	how.size = sizeof(how);
	return object->transport->notify(object, &how);
}

int unitron_notify_eventfd(struct unitron *object, int eventfd)
{
	if (eventfd < 0)
		return -EINVAL;
	return notify(object, (struct unitron_notify){ .how = UNITRON_NOTIFY_EVENTFD, .descriptor = eventfd });
}

int unitron_notify_signal(struct unitron *object, int signal, int value)
{
	return notify(object, (struct unitron_notify){ .how = UNITRON_NOTIFY_SIGNAL, .descriptor = -1, .signal = signal, .value = value });
}

int unitron_notify_none(struct unitron *object)
{
	return notify(object, (struct unitron_notify){ .how = UNITRON_NOTIFY_NONE, .descriptor = -1 });
}

int unitron_clock(struct unitron *object, struct unitron_clock *clock)
{
	return object->transport->clock(object, clock);
}
