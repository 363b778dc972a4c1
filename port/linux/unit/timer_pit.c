// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PIT as timer source, for machines without HPET: its channel 0 through
 * IO-APIC pin 2 as NMI, the CPU's TSC as clock. Steps of 838 ns, shots of at
 * most 54.9 ms (longer ones are made of several).
 */
#include <linux/clockchips.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/timex.h>
#include <asm/cpufeature.h>
#include <asm/tsc.h>
#include "rt.h"
#include "unit.h"

#define PIT_PIN		2

static bool pit_in_use(void)
{
	const struct clock_event_device *pit = unit_symbols.i8253_clockevent;

	return pit && (pit->state_use_accessors == CLOCK_EVT_STATE_PERIODIC || pit->state_use_accessors == CLOCK_EVT_STATE_ONESHOT);
}

static void drop(void)
{
}

static int probe(char *why, size_t size)
{
	if (*unit_symbols.hpet_address && !*unit_symbols.boot_hpet_disable)
		snprintf(why, size, "the PIT's interrupt is the HPET's here; boot with hpet=disable");
	else if (check_tsc_unstable() || !tsc_khz)
		snprintf(why, size, "the PIT needs the TSC as clock, which Linux found unstable here");
	else if (pit_in_use())
		snprintf(why, size, "the PIT is Linux's own timer here; boot without nolapic_timer");
	else
		return 0;
	return -ENODEV;
}

static void stop(void)
{
	outb(PIT_MODE_0, PIT_MODE);
}

static int take(void)
{
	stop();
	rt_cpu.source = RT_SOURCE_PIT;
	rt_cpu.hertz = tsc_khz * 1000ULL;
	rt_cpu.pit_ratio = div64_u64((u64)PIT_TICK_RATE << 32, rt_cpu.hertz);
	rt_cpu.margin = rt_cpu.hertz / 1000000;
	rt_cpu.clip = div64_u64(0xffffULL * rt_cpu.hertz, PIT_TICK_RATE);
	ioapic_pin_take(PIT_PIN);
	return 0;
}

static void restore(void)
{
	stop();
	ioapic_pin_restore();
}

static void start(void)
{
}

const struct timer_source timer_pit = {
	.name = "pit", .probe = probe, .drop = drop, .take = take, .restore = restore, .start = start,
};
