/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw_symbol: addresses of kernel symbols, as the module finds them.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "internal.h"

int kw_symbol(const char *name, unsigned long *address)
{
	struct kw_symbol symbol = { .name = (uintptr_t)name };
	int error;

	if (strlen(name) >= KW_SYMBOL_SIZE)
		return -ENAMETOOLONG;
	error = kw_request(KW_SYMBOL, (unsigned long)&symbol);
	if (error == 0)
		*address = symbol.address;
	return error;
}
