// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMIs of Linux's on every instruction of the way from unitron_raise to the
 * task that its interrupt handler wakes, and back: by an HPET comparator (channel
 * 2; unitron.ko with hpet_channel=1), set before the call to all distances from
 * before its first instruction to beyond its end. In counted time an instruction
 * is 1 ns and a tick of the HPET 10: so the call begins 0 to 9 instructions later.
 *
 * Loading it raises interrupt 3 so, sweeps times, and logs how many calls that
 * were, and how many NMIs did not reach Linux.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <asm/apic.h>
#include <asm/hpet.h>
#include <asm/nmi.h>
#include "lookup.h"

#define CHANNEL		2
#define MIN_TICKS	4		/* nearer than that the comparator may be missed */
#define INSTRUCTIONS	10		/* of a tick */
#define LEAD		40		/* instructions before the call: the shortest distance lies in them */

static unsigned int sweeps = 1;
module_param(sweeps, uint, 0400);
static unsigned int ticks = 160;	/* of a sweep: longer than the way */
module_param(ticks, uint, 0400);
static unsigned int intno = 3;
module_param(intno, uint, 0400);

int unitron_raise(unsigned int number);

static void __iomem *hpet;
static unsigned int calls, nmis, lost;

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	nmis++;
	return NMI_HANDLED;
}

/* That many instructions: a repeated one counts each time. */
static __always_inline void instructions(unsigned long n)
{
	static char nobody_reads[LEAD + INSTRUCTIONS];
	void *to = nobody_reads;

	asm volatile("rep stosb" : "+c" (n), "+D" (to) : "a" (0) : "memory");
}

static void raise_once(typeof(&unitron_raise) raise, unsigned int distance, unsigned int later)
{
	unsigned int before = READ_ONCE(nmis);
	unsigned long flags;
	u32 at;

	local_irq_save(flags);
	at = readl(hpet + HPET_COUNTER) + distance;
	writel(at, hpet + HPET_Tn_CMP(CHANNEL));
	/* An event of the application's may have come between: then the comparator never fires. */
	if ((s32)(at - readl(hpet + HPET_COUNTER)) <= 0) {
		local_irq_restore(flags);
		return;
	}
	instructions(LEAD + later);
	raise(intno);
	local_irq_restore(flags);
	calls++;
	for (int us = 0; us < 1000 && READ_ONCE(nmis) == before; us++)
		udelay(1);
	if (READ_ONCE(nmis) == before) {
		pr_err("bells: lost an NMI %u ticks ahead, %u instructions later\n", distance, later);
		lost++;
	}
}

static void sweep(typeof(&unitron_raise) raise)
{
	for (unsigned int distance = MIN_TICKS; distance < ticks; distance++)
		for (unsigned int later = 0; later < INSTRUCTIONS; later++)
			raise_once(raise, distance, later);
}

static int __init bells_init(void)
{
	lookup_fn lookup = lookup_find();
	typeof(&unitron_raise) raise = symbol_get(unitron_raise);
	u32 config, route[2];
	int err = -ENODEV;

	if (!lookup || !raise)
		goto put;
	hpet = ioremap(*(unsigned long *)lookup("hpet_address"), PAGE_SIZE);
	if (!hpet)
		goto put;
	err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "bells");
	if (err)
		goto unmap;
	config = readl(hpet + HPET_Tn_CFG(CHANNEL));
	for (int i = 0; i < 2; i++)
		route[i] = readl(hpet + HPET_Tn_ROUTE(CHANNEL) + 4 * i);
	writel(APIC_DM_NMI, hpet + HPET_Tn_ROUTE(CHANNEL));
	writel(APIC_DEFAULT_PHYS_BASE, hpet + HPET_Tn_ROUTE(CHANNEL) + 4);
	writel((config & ~(HPET_TN_LEVEL | HPET_TN_PERIODIC)) | HPET_TN_32BIT | HPET_TN_FSB | HPET_TN_ENABLE, hpet + HPET_Tn_CFG(CHANNEL));
	for (unsigned int i = 0; i < sweeps; i++)
		sweep(raise);
	writel(config, hpet + HPET_Tn_CFG(CHANNEL));
	for (int i = 0; i < 2; i++)
		writel(route[i], hpet + HPET_Tn_ROUTE(CHANNEL) + 4 * i);
	msleep(5);
	unregister_nmi_handler(NMI_LOCAL, "bells");
	pr_info("bells: calls %u nmis %u lost %u\n", calls, nmis, lost);
unmap:
	iounmap(hpet);
put:
	if (raise)
		symbol_put(unitron_raise);
	return err;
}

static void __exit bells_exit(void)
{
}

module_init(bells_init);
module_exit(bells_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("Unitron tests: NMIs on every instruction of the way to a task");
