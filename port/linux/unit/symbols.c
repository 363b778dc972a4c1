// SPDX-License-Identifier: GPL-2.0-only
/* The only place where private symbols of Linux are looked up. */
#include "../../../linux/lookup.h"
#include "compat.h"
#include "unit.h"

struct unit_symbols unit_symbols;

static lookup_fn lookup;

int symbols_resolve(void)
{
	const struct lookup_wanted wanted[] = {
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
	if (!lookup || lookup_all(lookup, wanted, ARRAY_SIZE(wanted)))
		return -ENOENT;
	unit_symbols.i8253_clockevent = (void *)lookup("i8253_clockevent");
	symbols_refresh();
	return 0;
}

void symbols_refresh(void)
{
	unit_symbols.irq_remapping_enabled = (void *)lookup("irq_remapping_enabled");
	unit_symbols.kvm_usage_count = (void *)lookup("kvm_usage_count");
}
