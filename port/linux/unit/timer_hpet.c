// SPDX-License-Identifier: GPL-2.0-only
/*
 * HPET as timer source: a comparator that Linux does not use, in 32-bit mode,
 * whose interrupt is an NMI: sent as a message (MSI, "FSB"), or through an
 * IO-APIC pin. All registers changed are restored.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/apic.h>
#include <asm/hpet.h>
#include "unit.h"

static struct {
	void __iomem *base;
	unsigned int channel, pin;
	u32 config, compare[2], route[2];	/* as Linux had them */
} hpet;

static u32 hpet_read(unsigned int reg)
{
	return readl(hpet.base + reg);
}

static void hpet_write(u32 value, unsigned int reg)
{
	writel(value, hpet.base + reg);
}

/* Not in use by Linux, and able to interrupt in the wanted way */
static bool channel_fits(unsigned int channel, bool msi)
{
	u32 config = hpet_read(HPET_Tn_CFG(channel));

	if (config & (HPET_TN_ENABLE | HPET_TN_FSB))
		return false;
	return msi ? config & HPET_TN_FSB_CAP : hpet_read(HPET_Tn_CFG(channel) + 4) != 0;
}

static int channel_choose(bool msi, char *why, size_t size)
{
	unsigned int last = (hpet_read(HPET_ID) & HPET_ID_NUMBER) >> HPET_ID_NUMBER_SHIFT;

	if (unit_settings.hpet_channel >= 0) {
		hpet.channel = unit_settings.hpet_channel;
		if (hpet.channel <= last && channel_fits(hpet.channel, msi))
			return 0;
		snprintf(why, size, "HPET channel %u is in use or cannot send %s", hpet.channel, msi ? "messages (MSI)" : "interrupts");
		return -ENODEV;
	}
	for (hpet.channel = last; hpet.channel >= 2; hpet.channel--)	/* 0 and 1 are Linux's by tradition */
		if (channel_fits(hpet.channel, msi))
			return 0;
	snprintf(why, size, "no free HPET channel can send %s", msi ? "messages (MSI)" : "interrupts");
	return -ENODEV;
}

/* Does Linux take ticks from channel 0, which the legacy route brings to pin 2? */
static bool legacy_in_use(void)
{
	return hpet_read(HPET_CFG) & HPET_CFG_LEGACY && hpet_read(HPET_Tn_CFG(0)) & HPET_TN_ENABLE;
}

static void drop(void)
{
	iounmap(hpet.base);
	hpet.base = NULL;
}

static int probe(bool msi, char *why, size_t size)
{
	int err;

	if (!*unit_symbols.hpet_address || *unit_symbols.boot_hpet_disable) {
		snprintf(why, size, "there is no HPET, or it is off (hpet=disable)");
		return -ENODEV;
	}
	hpet.base = ioremap(*unit_symbols.hpet_address, PAGE_SIZE);
	if (!hpet.base)
		return -ENOMEM;
	err = channel_choose(msi, why, size);
	if (!err && !(hpet_read(HPET_CFG) & HPET_CFG_ENABLE)) {
		snprintf(why, size, "the HPET's counter is stopped");
		err = -ENODEV;
	}
	if (!err && !msi) {
		u32 pins = hpet_read(HPET_Tn_CFG(hpet.channel) + 4);

		/* The highest pins are the least likely to have a device. */
		for (hpet.pin = 31; hpet.pin; hpet.pin--)
			if ((pins >> hpet.pin & 1) && ioapic_pin_free(hpet.pin) && !(hpet.pin == 2 && legacy_in_use()))
				break;
		if (!hpet.pin) {
			snprintf(why, size, "all IO-APIC pins of HPET channel %u (%x) are in use", hpet.channel, pins);
			err = -ENODEV;
		}
	}
	if (err)
		drop();
	return err;
}

static int probe_msi(char *why, size_t size)
{
	return probe(true, why, size);
}

static int probe_ioapic(char *why, size_t size)
{
	return probe(false, why, size);
}

static void take(void)
{
	unsigned int channel = hpet.channel;
	u64 femtoseconds = hpet_read(HPET_PERIOD);

	hpet.config = hpet_read(HPET_Tn_CFG(channel));
	for (int i = 0; i < 2; i++) {
		hpet.compare[i] = hpet_read(HPET_Tn_CMP(channel) + 4 * i);
		hpet.route[i] = hpet_read(HPET_Tn_ROUTE(channel) + 4 * i);
	}
	rt_cpu.source = RT_SOURCE_HPET;
	rt_cpu.hpet = (u32 __force *)hpet.base;
	rt_cpu.hpet_compare = (u32 __force *)(hpet.base + HPET_Tn_CMP(channel));
	rt_cpu.hpet_config = (u32 __force *)(hpet.base + HPET_Tn_CFG(channel));
	rt_cpu.hertz = div64_u64(1000000000000000ULL, femtoseconds);
	/* Slow counters sit in chip sets that take a comparator write late (see Linux's HPET_MIN_CYCLES). */
	rt_cpu.margin = rt_cpu.hertz < 20000000 ? 128 : rt_cpu.hertz / 5000000;
	rt_cpu.clip = 1U << 30;
}

static int take_msi(void)
{
	u32 config;

	take();
	config = hpet.config & ~(HPET_TN_ENABLE | HPET_TN_LEVEL | HPET_TN_PERIODIC | HPET_TN_SETVAL);
	hpet_write(config | HPET_TN_32BIT, HPET_Tn_CFG(hpet.channel));
	hpet_write(APIC_DM_NMI, HPET_Tn_ROUTE(hpet.channel));
	hpet_write(APIC_DEFAULT_PHYS_BASE | rt_cpu.apic_id << 12, HPET_Tn_ROUTE(hpet.channel) + 4);
	hpet_write(config | HPET_TN_32BIT | HPET_TN_FSB, HPET_Tn_CFG(hpet.channel));
	return 0;
}

static int take_ioapic(void)
{
	u32 config;

	take();
	config = hpet.config & ~(HPET_TN_ENABLE | HPET_TN_LEVEL | HPET_TN_PERIODIC | HPET_TN_SETVAL | HPET_TN_FSB | HPET_TN_ROUTE);
	hpet_write(config | HPET_TN_32BIT | hpet.pin << HPET_TN_ROUTE_SHIFT, HPET_Tn_CFG(hpet.channel));
	ioapic_pin_take(hpet.pin);
	return 0;
}

static void start(void)
{
	hpet_write(hpet_read(HPET_Tn_CFG(hpet.channel)) | HPET_TN_ENABLE, HPET_Tn_CFG(hpet.channel));
}

static void stop(void)
{
	hpet_write(hpet_read(HPET_Tn_CFG(hpet.channel)) & ~HPET_TN_ENABLE, HPET_Tn_CFG(hpet.channel));
}

static void restore(void)
{
	stop();
	hpet_write(hpet.config, HPET_Tn_CFG(hpet.channel));
	for (int i = 0; i < 2; i++) {
		hpet_write(hpet.route[i], HPET_Tn_ROUTE(hpet.channel) + 4 * i);
		hpet_write(hpet.compare[i], HPET_Tn_CMP(hpet.channel) + 4 * i);
	}
	drop();
}

static void restore_ioapic(void)
{
	stop();
	ioapic_pin_restore();
	restore();
}

const struct timer_source timer_hpet_msi = {
	.name = "hpet-msi", .probe = probe_msi, .drop = drop, .take = take_msi, .restore = restore, .start = start,
};

const struct timer_source timer_hpet_ioapic = {
	.name = "hpet-ioapic", .probe = probe_ioapic, .drop = drop, .take = take_ioapic, .restore = restore_ioapic, .start = start,
};
