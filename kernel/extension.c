/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls named v... (contracts: <unitron/ext.h>), which hand on to the port
 * of the same purpose. All work in any context, and none blocks.
 */
#include <unitron/port.h>

/* vras_int - raise an interrupt, as a device would. E_PAR: not 1..TMAX_INTNO. */
ER vras_int(INTNO intno)
{
	if (intno < 1 || intno > TMAX_INTNO)
		return E_PAR;						/* [INT-6] */
	port_interrupt_raise(intno);					/* [INT-7] */
	return E_OK;
}

/* vget_cyc - cycles of the port's fastest clock. */
UD vget_cyc(void)
{
	return port_cycles();
}

/* vcyc_ns - cycles as nanoseconds. */
UD vcyc_ns(UD cyc)
{
	return port_cycles_to_ns(cyc);
}

/* vget_lat - nanoseconds since the latest timer interrupt was due. */
UD vget_lat(void)
{
	return port_timer_latency();
}

/* vspn_tim - use up ns nanoseconds of CPU time. */
void vspn_tim(UD ns)
{
	port_spin(ns);
}

/* vstp_sys - end the real-time side; does not return. */
void vstp_sys(INT code)
{
	port_stop(code);
}
