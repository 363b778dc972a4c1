// SPDX-License-Identifier: GPL-2.0-only
/* What kernelware refuses, before anything is changed: one sentence that says what, and what to do. */
#include "prefix.h"
#include <linux/kernel.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/special_insns.h>
#include "compat.h"
#include "kw.h"

#define REFUSE(...) do { pr_err(__VA_ARGS__); return -ENODEV; } while (0)
#define SEV_ENCRYPTED_STATE	2	/* of sev_status: SEV-ES or SEV-SNP */

static int check_cpu(void)
{
	u64 cr4 = native_read_cr4();

	if (boot_cpu_has(X86_FEATURE_XENPV))
		REFUSE("this is a paravirtual guest of Xen, whose kernel has no privilege to share; use a HVM or PVH guest");
	if (cr4 & COMPAT_CR4_FRED)
		REFUSE("the CPU delivers events by FRED, without an IDT; boot with fred=off");
	if (cr4 & COMPAT_CR4_LASS)
		REFUSE("the CPU separates user and kernel addresses (LASS); boot with clearcpuid=lass");
	if (cr4 & COMPAT_CR4_CET) {
		u64 s_cet;

		if (!rdmsrl_safe(0x6a2, &s_cet) && s_cet & 4)
			REFUSE("the CPU tracks indirect branches of the kernel (IBT), and programs are not made for it; boot with ibt=off");
	}
	if (kw_symbols.sev_status && *kw_symbols.sev_status & SEV_ENCRYPTED_STATE)
		REFUSE("this is an encrypted guest (SEV-ES), which needs the interrupt stack that kernelware would use; use an ordinary guest");
	return 0;
}

static int check_kernel(void)
{
	struct desc_ptr idt;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		REFUSE("this is a PREEMPT_RT kernel, whose fork cannot be followed; boot the ordinary kernel of the distribution");
	store_idt(&idt);
	if (idt.size != IDT_ENTRIES * sizeof(gate_desc) - 1)
		REFUSE("the IDT has %u bytes, not Linux's %zu; unload what has replaced it", idt.size + 1,
		       IDT_ENTRIES * sizeof(gate_desc));
	return 0;
}

int kw_machine_check(void)
{
	return check_cpu() ?: check_kernel();
}
