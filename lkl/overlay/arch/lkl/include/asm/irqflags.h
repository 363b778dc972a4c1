/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts are taken where they are enabled, never in between: a flag and a set of pending bits. */
#ifndef _ASM_LKL_IRQFLAGS_H
#define _ASM_LKL_IRQFLAGS_H

#include <linux/compiler.h>

extern unsigned long lkl_irqs_off;	/* 1: masked. Only who holds the CPU reads and writes it */
extern unsigned long lkl_irqs_pending;	/* one bit a number; any host thread sets bits, atomically */

void lkl_take_irqs(void);

#define ARCH_IRQ_ENABLED	0
#define ARCH_IRQ_DISABLED	1

static __always_inline unsigned long arch_local_save_flags(void)
{
	return READ_ONCE(lkl_irqs_off);
}
#define arch_local_save_flags arch_local_save_flags

static __always_inline void arch_local_irq_disable(void)
{
	WRITE_ONCE(lkl_irqs_off, ARCH_IRQ_DISABLED);
	barrier();
}
#define arch_local_irq_disable arch_local_irq_disable

static __always_inline void arch_local_irq_enable(void)
{
	barrier();
	WRITE_ONCE(lkl_irqs_off, ARCH_IRQ_ENABLED);
	if (unlikely(READ_ONCE(lkl_irqs_pending)))
		lkl_take_irqs();
}
#define arch_local_irq_enable arch_local_irq_enable

static __always_inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = arch_local_save_flags();

	arch_local_irq_disable();
	return flags;
}
#define arch_local_irq_save arch_local_irq_save

static __always_inline void arch_local_irq_restore(unsigned long flags)
{
	if (flags == ARCH_IRQ_ENABLED)
		arch_local_irq_enable();
	else
		arch_local_irq_disable();
}
#define arch_local_irq_restore arch_local_irq_restore

#include <asm-generic/irqflags.h>

#endif
