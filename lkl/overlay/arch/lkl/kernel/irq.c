// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: host threads set pending bits, the CPU takes them where it
 * enables interrupts. Number 0 is the timer and has no descriptor in use.
 */
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <asm/irq_regs.h>
#include "lkl.h"

unsigned long lkl_irqs_off = ARCH_IRQ_DISABLED;
unsigned long lkl_irqs_pending __lkl_keep = 0;

static struct pt_regs no_regs;

/* Called with interrupts just enabled, by the inline functions of asm/irqflags.h. */
void lkl_take_irqs(void)
{
	struct pt_regs *outer;
	unsigned long bits;

	do {
		arch_local_irq_disable();
		bits = __atomic_exchange_n(&lkl_irqs_pending, 0, __ATOMIC_SEQ_CST);
		outer = set_irq_regs(&no_regs);
		irq_enter();
		if (bits & 1)
			lkl_timer_irq();
		for (bits &= ~1UL; bits; bits &= bits - 1)
			generic_handle_irq(__ffs(bits));
		irq_exit();
		set_irq_regs(outer);
		WRITE_ONCE(lkl_irqs_off, ARCH_IRQ_ENABLED);
	} while (READ_ONCE(lkl_irqs_pending));
}

void __init init_IRQ(void)
{
	int number;

	for (number = 1; number < NR_IRQS; number++)
		irq_set_chip_and_handler(number, &dummy_irq_chip, handle_simple_irq);
}
