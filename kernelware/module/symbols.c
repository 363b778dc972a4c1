// SPDX-License-Identifier: GPL-2.0-only
/* The only place where private symbols of Linux are looked up. */
#include "prefix.h"
#include "../../linux/lookup.h"
#include "compat.h"
#include "kw.h"

struct kw_symbols kw_symbols;

static lookup_fn lookup;

int kw_symbols_resolve(void)
{
	const struct lookup_wanted wanted[] = {
		{ "flush_tlb_mm_range", &kw_symbols.flush_tlb_mm_range },
		{ "asm_exc_nmi", &kw_symbols.asm_exc_nmi },
		{ COMPAT_STACK_SYMBOL, &kw_symbols.top_of_stack },
		{ "sys_call_table", &kw_symbols.sys_call_table },
		{ "entry_SYSCALL_64_after_hwframe", &kw_symbols.entry_syscall },
		{ "swapgs_restore_regs_and_return_to_usermode", &kw_symbols.return_to_user },
		{ "syscall_exit_to_user_mode", &kw_symbols.syscall_exit },
		{ "irqentry_exit_to_user_mode", &kw_symbols.call_exit },
	};

	lookup = lookup_find();
	if (!lookup || lookup_all(lookup, wanted, ARRAY_SIZE(wanted)))
		return -ENOENT;
	kw_symbols.sev_status = (u64 *)lookup("sev_status");
	return 0;
}

unsigned long kw_symbol_lookup(const char *name)
{
	return lookup(name);
}
