// SPDX-License-Identifier: GPL-2.0-only
/* Device registers: the host models the devices. Any context. */
#include <linux/export.h>
#include <linux/io.h>
#include "lkl.h"

u64 lkl_mmio_read(unsigned long address, unsigned int size)
{
	return lkl_ops->mmio ? lkl_ops->mmio(address, size, 0, 0) : ~0ULL;
}
EXPORT_SYMBOL(lkl_mmio_read);

void lkl_mmio_write(unsigned long address, unsigned int size, u64 value)
{
	if (lkl_ops->mmio)
		lkl_ops->mmio(address, size, 1, value);
}
EXPORT_SYMBOL(lkl_mmio_write);

void *lkl_arena(unsigned long at, unsigned long size)
{
	unsigned long arena = memory_end - memory_start;

	return at < arena && size <= arena - at ? __va(at) : NULL;
}
