/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that names every call, in C and in C++: it need not find an application. */
#include <stdio.h>
#include <unitron.h>

static int use_all(struct unitron *object)
{
	struct unitron_clock clock;
	uint32_t pattern;
	int64_t datum = 0;
	char byte = 0;

	if (unitron_dtq_send(object, &datum, 1, 0) < 0 && unitron_dtq_receive(object, &datum, 1, UNITRON_FOREVER) < 0 &&
	    unitron_mbx_send(object, &byte, 1, 0) < 0 && unitron_mbx_receive(object, &byte, 1, 0) < 0 &&
	    unitron_flg_set(object, 1) < 0 && unitron_flg_wait(object, 1, &pattern, 0) < 0 &&
	    unitron_sem_signal(object, 1, 0) < 0 && unitron_sem_wait(object, 0) < 0 &&
	    unitron_ring_put(object, &datum, 1, 0) < 0 && unitron_ring_get(object, &datum, 1, 0) < 0 &&
	    unitron_notify_eventfd(object, 0) < 0 && unitron_notify_signal(object, 34, 1) < 0 && unitron_notify_none(object) < 0 &&
	    unitron_clock(object, &clock) < 0)
		return 1;
	return unitron_fd(object) + unitron_events(object) + (int)unitron_info(object)->kind;
}

int main(void)
{
	struct unitron *object;
	int error = unitron_open(&object, "no_such_object");

	printf("%d\n", error);
	if (error == 0)
		use_all(object);
	unitron_close(object);
	return error >= 0;
}
