/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between our modules: Linux's NMI gate changes hands. unitron takes gate 2 of
 * Linux's IDT; kernelware lends CPUs an IDT of its own, whose gate 2 must lead
 * where Linux's leads. Either module works without the other: unitron finds
 * kernelware's function by name, if it is there.
 */
#pragma once

#include <linux/module.h>

/* In kernelware: its IDT follows Linux's gate now, on all CPUs. Any context. */
void kernelware_nmi_gate_changed(void);

/* For who has just changed the gate, before anything that the old one needs goes away. Process context. */
static inline void nmi_gate_tell(void)
{
	typeof(&kernelware_nmi_gate_changed) changed = symbol_get(kernelware_nmi_gate_changed);

	if (changed) {
		changed();
		symbol_put(kernelware_nmi_gate_changed);
	}
}
