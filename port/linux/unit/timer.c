// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of the timer source, and IO-APIC pins for the sources that go
 * through one. One pin at a time; its entry is restored bit by bit.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/spinlock.h>
#include <asm/apicdef.h>
#include <asm/io_apic.h>
#include "unit.h"

/* In order of preference */
static const struct timer_source *const sources[] = { &timer_hpet_msi, &timer_hpet_ioapic, &timer_pit };

const struct timer_source *timer_source;

static struct {
	unsigned int pin;
	u32 low, high;
} taken;

#define IO_APIC_BASE	0xfec00000UL	/* of the first, where the timers' pins are */
#define ENTRY_MASKED	(1U << 16)
#define ENTRY_NMI	(4U << 8)

static void ioapic_access(unsigned int pin, u32 *low, u32 *high, bool write)
{
	void __iomem *base = ioremap(IO_APIC_BASE, PAGE_SIZE);
	unsigned long flags;

	if (!base)
		return;
	raw_spin_lock_irqsave(unit_symbols.ioapic_lock, flags);
	writel(0x10 + 2 * pin, base);
	if (write)
		writel(*low, base + 0x10);
	*low = readl(base + 0x10);
	writel(0x11 + 2 * pin, base);
	if (write)
		writel(*high, base + 0x10);
	*high = readl(base + 0x10);
	raw_spin_unlock_irqrestore(unit_symbols.ioapic_lock, flags);
	iounmap(base);
}

/* Masked, or pin 2, which Linux leaves open after its boot-time timer test though nothing comes there. */
int ioapic_pin_free(unsigned int pin)
{
	u32 low = 0, high = 0;

	if (pin > 23)
		return 0;
	ioapic_access(pin, &low, &high, false);
	return low & ENTRY_MASKED || pin == 2;
}

void ioapic_pin_take(unsigned int pin)
{
	u32 low = ENTRY_MASKED, high = rt_cpu.apic_id << 24;

	taken.pin = pin;
	ioapic_access(pin, &taken.low, &taken.high, false);
	ioapic_access(pin, &low, &high, true);	/* the destination before it opens */
	low = ENTRY_NMI;
	ioapic_access(pin, &low, &high, true);
}

void ioapic_pin_restore(void)
{
	u32 low = ENTRY_MASKED, high = taken.high;

	ioapic_access(taken.pin, &low, &high, true);
	low = taken.low;
	ioapic_access(taken.pin, &low, &high, true);
}

/* Choose by the parameter timer=. -ENODEV, with a sentence in the log, if none fits. */
int timer_choose(void)
{
	char why[ARRAY_SIZE(sources)][96] = { "" };
	bool any = !strcmp(unit_settings.timer, "auto"), known = any;

	for (unsigned int i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!any && strcmp(unit_settings.timer, sources[i]->name))
			continue;
		known = true;
		if (!sources[i]->probe(why[i], sizeof(why[i]))) {
			timer_source = sources[i];
			return 0;
		}
	}
	if (!known)
		pr_err("not started: timer=%s is not known; choose auto, hpet-msi, hpet-ioapic or pit\n", unit_settings.timer);
	else
		pr_err("not started: no timer can send NMIs here (%s%s%s%s%s); try another of timer=hpet-msi, hpet-ioapic, pit\n",
		       why[0], *why[0] && *why[1] ? "; " : "", why[1], *why[1] && *why[2] ? "; " : "", why[2]);
	return -ENODEV;
}
