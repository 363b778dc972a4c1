/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw_current, kw_percpu: what the kernel finds by its GS base, which a program
 * in kernel mode does not have.
 */
#include <stddef.h>

#include "internal.h"

struct task_struct *kw_current(void)
{
	if (!kw_active() || kw_gates() != 0)
		return NULL;
	return (struct task_struct *)kw_gate_value(kw_gate_info.gate_current);
}

void *kw_percpu(unsigned long address)
{
	if (!kw_active() || kw_gates() != 0)
		return NULL;
	return (void *)(kw_gate_value(kw_gate_info.gate_percpu) + address);
}
