/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How our modules find symbols of Linux that are not exported.
 * kallsyms_lookup_name itself has not been exported since 5.7; a kprobe on it,
 * registered and at once unregistered, tells its address. Included by the one
 * file of a module that looks symbols up.
 */
#pragma once

#include <linux/kprobes.h>
#include <linux/module.h>

typedef unsigned long (*lookup_fn)(const char *name);

/* Process context, may sleep. The function, or NULL with a sentence in the log. */
static inline lookup_fn lookup_find(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	int err = register_kprobe(&probe);
	u8 *addr = (u8 *)probe.addr;

	if (err) {
		pr_err("cannot look up kernel symbols (kprobe: error %d); boot without lockdown=confidentiality and with kprobes\n",
		       err);
		return NULL;
	}
	unregister_kprobe(&probe);
#ifdef CONFIG_X86_KERNEL_IBT
	/* Where an indirect branch may land, the kprobe stands behind the ENDBR. */
	if (*(u32 *)(addr - 4) == 0xfa1e0ff3)
		addr -= 4;
#endif
	return (lookup_fn)addr;
}

struct lookup_wanted {
	const char *name;
	void *to;		/* a pointer */
};

/* Point all of them at their symbols. -ENOENT with a sentence in the log if there is none. Any context. */
static inline int lookup_all(lookup_fn lookup, const struct lookup_wanted *wanted, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		unsigned long addr = lookup(wanted[i].name);

		if (!addr) {
			pr_err("this kernel has no symbol %s; it is not one that this version of the module knows\n", wanted[i].name);
			return -ENOENT;
		}
		*(unsigned long *)wanted[i].to = addr;
	}
	return 0;
}
