// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes this machine look, as long as it is loaded, like one that kernelware
 * refuses: insmod pretend.ko what=xen|sev|idt. A guest of Xen: the CPU's
 * feature; an encrypted one: Linux's copy of the status register; another IDT:
 * the limit in the register of this CPU.
 */
#include <linux/module.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include "lookup.h"

#define SEV_ENCRYPTED_STATE	2

static char *what = "";
module_param(what, charp, 0);

static u64 *status;

static int find_sev_status(void)
{
	lookup_fn lookup = lookup_find();

	if (!lookup)
		return -ENOENT;
	status = (u64 *)lookup("sev_status");
	return status ? 0 : -ENOENT;
}

static void idt_limit(unsigned int bytes)
{
	struct desc_ptr idt;

	asm volatile("sidt %0" : "=m" (idt));
	idt.size = bytes - 1;
	asm volatile("lidt %0" : : "m" (idt));
}

static int __init pretend_init(void)
{
	int error = find_sev_status();

	if (error)
		return error;
	if (!strcmp(what, "xen"))
		set_cpu_cap(&boot_cpu_data, X86_FEATURE_XENPV);
	else if (!strcmp(what, "sev"))
		WRITE_ONCE(*status, SEV_ENCRYPTED_STATE);
	else if (!strcmp(what, "idt"))
		idt_limit(2 * IDT_ENTRIES * sizeof(gate_desc));
	else
		return -EINVAL;
	return 0;
}

static void __exit pretend_exit(void)
{
	if (!strcmp(what, "xen"))
		clear_bit(X86_FEATURE_XENPV, (unsigned long *)boot_cpu_data.x86_capability);
	else if (!strcmp(what, "sev"))
		WRITE_ONCE(*status, 0);
	else
		idt_limit(IDT_ENTRIES * sizeof(gate_desc));
}

module_init(pretend_init);
module_exit(pretend_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("Unitron tests: a machine that kernelware refuses");
