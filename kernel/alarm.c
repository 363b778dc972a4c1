/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Alarm handlers (specification 4.7.3), which run once for each time they are
 * set.
 */
#include "alarm.h"
#include "service.h"
#include "time_manage.h"

static bool alm_id_valid(ID almid)
{
	return (UINT)almid - 1 < (UINT)kernel_alm_count;
}

static void fire(struct timer_event *event)
{
	const struct alm_init *init = container_of(event, struct alarm, event)->init;

	kernel_timer_remove(event);					/* [ALM-3] */
	init->almhdr(init->exinf);					/* [ALM-2] */
	handler_ended("an alarm handler returned with the CPU locked: call iunl_cpu before");
}

void kernel_alarm_initialize(void)
{
	ID i;

	for (i = 0; i < kernel_alm_count; i++) {
		kernel_alm[i].init = &kernel_alm_init[i];
		kernel_alm[i].event.position = 0;			/* [ALM-1] */
		kernel_alm[i].event.fire = fire;
	}
}

/*
 * sta_alm - have an alarm handler run almtim time units from now, once; what
 * was set before no longer holds. Task context. E_CTX; E_ID; E_PAR: almtim is
 * over TMAX_RELTIM. Specification 4.7.3.
 */
ER sta_alm(ID almid, RELTIM almtim)
{
	struct alarm *alarm;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!alm_id_valid(almid))
		return E_ID;						/* [CTX-4] */
	if (almtim > TMAX_RELTIM)
		return E_PAR;						/* [CTX-9] */
	alarm = &kernel_alm[almid - 1];
	port_lock();
	time_event_stop(&alarm->event);					/* [ALM-4] */
	time_event_start(&alarm->event, almtim);			/* [ALM-2] */
	leave();
	return E_OK;
}

/*
 * stp_alm - take back what sta_alm set; nothing happens if nothing is set.
 * Task context. E_CTX; E_ID. Specification 4.7.3.
 */
ER stp_alm(ID almid)
{
	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!alm_id_valid(almid))
		return E_ID;						/* [CTX-4] */
	port_lock();
	time_event_stop(&kernel_alm[almid - 1].event);			/* [ALM-5] */
	leave();
	return E_OK;
}
