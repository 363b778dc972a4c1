// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only place where private symbols of Linux are looked up.
 * kallsyms_lookup_name has not been exported since 5.7; a kprobe on it, never
 * armed for long enough to hit, tells its address.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include "compat.h"
#include "unit.h"

struct unit_symbols unit_symbols;

static unsigned long (*lookup)(const char *name);

static int lookup_find(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	int err = register_kprobe(&probe);
	u8 *addr = (u8 *)probe.addr;

	if (err) {
		pr_err("cannot look up kernel symbols (kprobe: error %d); boot without lockdown=confidentiality and with kprobes\n",
		       err);
		return err;
	}
	unregister_kprobe(&probe);
	if (COMPAT_ENDBR_SIZE && *(u32 *)(addr - 4) == 0xfa1e0ff3)
		addr -= COMPAT_ENDBR_SIZE;
	lookup = (void *)addr;
	return 0;
}

int symbols_resolve(void)
{
	const struct {
		const char *name;
		void *to;
	} wanted[] = {
		{ "idt_table", &unit_symbols.idt_table },
		{ "asm_exc_nmi", &unit_symbols.asm_exc_nmi },
		{ "set_pte_vaddr", &unit_symbols.set_pte_vaddr },
		{ "flush_tlb_all", &unit_symbols.flush_tlb_all },
		{ "x86_platform_ipi_callback", &unit_symbols.x86_platform_ipi_callback },
		{ "hpet_address", &unit_symbols.hpet_address },
		{ "boot_hpet_disable", &unit_symbols.boot_hpet_disable },
		{ "backtrace_mask", &unit_symbols.backtrace_mask },
		{ "ioapic_lock", &unit_symbols.ioapic_lock },
	};
	int err = lookup_find();

	if (err)
		return err;
	for (unsigned int i = 0; i < ARRAY_SIZE(wanted); i++) {
		unsigned long addr = lookup(wanted[i].name);

		if (!addr) {
			pr_err("this kernel has no symbol %s; it is not one that this version of Unitron knows\n", wanted[i].name);
			return -ENOENT;
		}
		*(unsigned long *)wanted[i].to = addr;
	}
	unit_symbols.i8253_clockevent = (void *)lookup("i8253_clockevent");
	symbols_refresh();
	return 0;
}

void symbols_refresh(void)
{
	unit_symbols.irq_remapping_enabled = (void *)lookup("irq_remapping_enabled");
	unit_symbols.kvm_usage_count = (void *)lookup("kvm_usage_count");
}
