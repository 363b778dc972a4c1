// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is this machine, with this kernel and these settings, one that the NMI
 * design serves? Every check reads only; nothing is touched before all of
 * them, the timer's too, have passed. Each refusal is one sentence that says
 * what is in the way and what to do.
 */
#include <linux/cc_platform.h>
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <asm/apic.h>
#include <asm/cpu_entry_area.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/processor.h>
#include <asm/trapnr.h>
#include <asm/tsc.h>
#include "compat.h"
#include "unit.h"

#define REFUSE(format, ...) \
	do { \
		pr_err("not started: " format "\n", ##__VA_ARGS__); \
		return -ENODEV; \
	} while (0)

static int check_cpu(void)
{
	unsigned long cr4 = __read_cr4();

	if (!boot_cpu_has(X86_FEATURE_APIC))
		REFUSE("this CPU's local APIC is off; boot without nolapic");
	if (!boot_cpu_has(X86_FEATURE_CX16))
		REFUSE("this CPU lacks CMPXCHG16B, with which the NMI gate is exchanged");
	if (!(cr4 & X86_CR4_FSGSBASE))
		REFUSE("this CPU lacks FSGSBASE, or it is off; boot without nofsgsbase, on a CPU of 2012 or later");
	if (!(cr4 & X86_CR4_OSXSAVE))
		REFUSE("XSAVE is off, which tasks with TA_FPU need; boot without noxsave");
	if (cr4 & X86_CR4_FRED)
		REFUSE("events are delivered by FRED, not through the IDT; boot with fred=off");
	if (cr4 & X86_CR4_CET)
		REFUSE("indirect branch tracking is on, with which kernel symbols cannot be called by address; boot with ibt=off");
	if (!tsc_khz)
		REFUSE("Linux could not find out how fast this CPU's time-stamp counter runs; boot with tsc_early_khz=");
	if (boot_cpu_has(X86_FEATURE_XENPV))
		REFUSE("this kernel runs as a Xen PV guest, which has no IDT of its own; use an HVM guest");
	if (cc_platform_has(CC_ATTR_GUEST_STATE_ENCRYPT))
		REFUSE("this is an encrypted guest (SEV-ES), where NMIs take another way; use a plain machine");
	return 0;
}

static int check_settings(void)
{
	const struct unit_settings *set = &unit_settings;

	if (set->cpu >= nr_cpu_ids || !cpu_online(set->cpu))
		REFUSE("CPU %u (parameter cpu) is not online; choose one of %*pbl", set->cpu, cpumask_pr_args(cpu_online_mask));
	if (!set->handler_budget_us || set->budget_us < set->handler_budget_us || set->budget_us > 5000000)
		REFUSE("budget_us=%u handler_budget_us=%u: want 0 < handler_budget_us <= budget_us <= 5000000",
		       set->budget_us, set->handler_budget_us);
	if (set->linux_share > 99)
		REFUSE("linux_share=%u is a percentage, 0 to 99", set->linux_share);
	if (set->linux_share && (set->share_period_us < 1000 || set->share_period_us > 1000000))
		REFUSE("share_period_us=%u: want 1000 to 1000000", set->share_period_us);
	return 0;
}

static int check_entries(void)
{
	const gate_desc *gate = &unit_symbols.idt_table[X86_TRAP_NMI];
	unsigned int cpu;

	if (gate_offset(gate) != (unsigned long)unit_symbols.asm_exc_nmi)
		REFUSE("the NMI gate leads to %pS, not to Linux; unload what has taken it", (void *)gate_offset(gate));
	for_each_possible_cpu(cpu) {
		const struct x86_hw_tss *tss = &per_cpu(cpu_tss_rw, cpu).x86_tss;

		if (tss->ist[5] || tss->ist[6])
			REFUSE("interrupt stacks 6 and 7 of CPU %u are in use; unload what has taken them", cpu);
	}
	for (unsigned int page = 0; page <= nr_cpu_ids; page++) {
		unsigned int level;
		pte_t *pte = lookup_address(GATE_ALIAS + page * PAGE_SIZE, &level);

		if (pte && !pte_none(*pte))
			REFUSE("kernel address %lx is in use, where the entry stub would go; boot with nokaslr or report this kernel",
			       GATE_ALIAS + page * PAGE_SIZE);
	}
	return 0;
}

static int check_others(void)
{
	symbols_refresh();
	if (unit_symbols.irq_remapping_enabled && *unit_symbols.irq_remapping_enabled)
		REFUSE("interrupt remapping is on, through which the timer cannot send NMIs; boot with intremap=off");
	if (unit_symbols.kvm_usage_count && *unit_symbols.kvm_usage_count)
		REFUSE("KVM has switched virtualisation on, and the NMIs of guests bypass the IDT; stop the guests, or modprobe -r kvm_intel kvm_amd");
	return 0;
}

int machine_check(void)
{
	int err = check_settings();

	if (!err)
		err = check_cpu();
	if (!err)
		err = check_entries();
	if (!err)
		err = check_others();
	return err ?: timer_choose();
}
