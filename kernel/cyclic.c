/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cyclic handlers (specification 4.7.2). Each run is due one period after the
 * time for which the run before was due, so that lateness does not add up.
 */
#include "cyclic.h"
#include "service.h"
#include "time_manage.h"

static bool cyc_id_valid(ID cycid)
{
	return (UINT)cycid - 1 < (UINT)kernel_cyc_count;
}

/*
 * The handler comes first and the event is postponed behind it: that keeps the
 * way from the timer to the handler short and its length constant, and is
 * sound because no call for handlers registers or takes out a cyclic event.
 */
static void fire(struct timer_event *event)
{
	struct cyclic *cyc = container_of(event, struct cyclic, event);
	const struct cyc_init *init = cyc->init;

	if (cyc->started) {						/* [CYC-7] */
		init->cychdr(init->exinf);				/* [CYC-1] */
		handler_ended("a cyclic handler returned with the CPU locked: call iunl_cpu before");
	}
	kernel_assert(timer_first() == event);
	kernel_timer_postpone_first(event->due + init->cyctim);		/* [CYC-2] [CYC-3] */
}

void kernel_cyclic_initialize(void)
{
	ID i;

	for (i = 0; i < kernel_cyc_count; i++) {
		const struct cyc_init *init = &kernel_cyc_init[i];
		struct cyclic *cyc = &kernel_cyc[i];

		cyc->init = init;
		cyc->event.position = 0;
		cyc->event.fire = fire;
		cyc->started = init->cycatr & TA_STA;			/* [CYC-4] */
		if (init->cycatr & (TA_STA | TA_PHS))
			time_event_start(&cyc->event, init->cycphs);	/* [CYC-4] [CYC-7] */
	}
}

/*
 * sta_cyc - start a cyclic handler: its first run is one period from now, also
 * if it is started already. With TA_PHS its runs keep the times that they have
 * had since the system's start. Task context. E_CTX; E_ID. Specification
 * 4.7.2.
 */
ER sta_cyc(ID cycid)
{
	struct cyclic *cyc;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!cyc_id_valid(cycid))
		return E_ID;						/* [CTX-4] */
	cyc = &kernel_cyc[cycid - 1];
	port_lock();
	cyc->started = true;						/* [CYC-7] */
	if (!(cyc->init->cycatr & TA_PHS)) {
		time_event_stop(&cyc->event);				/* [CYC-6] */
		time_event_start(&cyc->event, cyc->init->cyctim);	/* [CYC-5] */
	}
	leave();
	return E_OK;
}

/*
 * stp_cyc - stop a cyclic handler; nothing happens if it is stopped already.
 * Task context. E_CTX; E_ID. Specification 4.7.2.
 */
ER stp_cyc(ID cycid)
{
	struct cyclic *cyc;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!cyc_id_valid(cycid))
		return E_ID;						/* [CTX-4] */
	cyc = &kernel_cyc[cycid - 1];
	port_lock();
	cyc->started = false;						/* [CYC-8] */
	if (!(cyc->init->cycatr & TA_PHS))
		time_event_stop(&cyc->event);
	leave();
	return E_OK;
}
