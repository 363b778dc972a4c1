// SPDX-License-Identifier: GPL-2.0-only
/* The only place where private symbols of Linux are looked up. */
#include "../../../linux/lookup.h"
#include "compat.h"
#include "unit.h"

struct unit_symbols unit_symbols;

static lookup_fn lookup;

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

	lookup = lookup_find();
	if (!lookup)
		return -ENOENT;
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
