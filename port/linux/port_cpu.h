/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inline half of the port contract on Linux. The lock is a word that the
 * NMI looks at: an NMI that finds it set leaves pend behind and returns.
 */
#pragma once

#include "delivery.h"

struct port_context {
	struct rt_context rt;
	struct rt_slot slot[2];
};

static inline void port_lock(void)
{
	rt_cpu.lock = 1;
	__asm__ volatile("" ::: "memory");
}

void port_unlock_pending(void);

static inline void port_unlock(void)
{
	__asm__ volatile("" ::: "memory");
	rt_cpu.lock = 0;
	__asm__ volatile("" ::: "memory");
	if (__builtin_expect(*(volatile uint32_t *)&rt_cpu.pend, 0))
		port_unlock_pending();
}
