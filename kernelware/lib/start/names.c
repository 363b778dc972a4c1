/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel symbols that the program names: their addresses in the running
 * kernel are put into their records.
 */
#include <asm/errno.h>
#include <asm/unistd.h>

#include "start.h"

extern unsigned char names_begin[] __asm__("__start_kw_names") __attribute__((visibility("hidden")));
extern unsigned char names_end[] __asm__("__stop_kw_names") __attribute__((visibility("hidden")));

/* The record at or after `at` that is a name, or the end */
static struct kw_name *name_from(unsigned char *at)
{
	while (at < names_end && ((struct kw_name *)at)->kind == KW_NAME_NONE)
		at += ((struct kw_name *)at)->size;
	return (struct kw_name *)at;
}

const char *kw_first_name(void)
{
	struct kw_name *first = name_from(names_begin);

	return (unsigned char *)first < names_end ? first->name : 0;
}

int kw_resolve(int device)
{
	struct kw_name *name = name_from(names_begin);
	int result = 0;

	for (; (unsigned char *)name < names_end; name = name_from((unsigned char *)name + name->size)) {
		struct kw_symbol symbol;
		char release[65];
		long error;

		symbol.name = (unsigned long)name->name;
		symbol.address = 0;
		error = kw_sys(__NR_ioctl, device, KW_SYMBOL, (long)&symbol, 0);
		if (error == 0) {
			name->address = symbol.address;
			continue;
		}
		result = -1;
		kw_release(release);
		if (error == -ENOENT || error == -ENAMETOOLONG)
			kw_message("the running kernel (", release, ") has no symbol '", name->name,
				   "'; take another one: /proc/kallsyms lists them", (char *)0);
		else
			kw_message("symbol '", name->name, "' could not be looked up: ", kw_error_text(error),
				   "; the kernel log may say more", (char *)0);
	}
	return result;
}
