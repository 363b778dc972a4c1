/* SPDX-License-Identifier: GPL-2.0-only */
/* Every access to a device register is a call of the host. */
#ifndef _ASM_LKL_IO_H
#define _ASM_LKL_IO_H

#include <linux/types.h>

u64 lkl_mmio_read(unsigned long address, unsigned int size);
void lkl_mmio_write(unsigned long address, unsigned int size, u64 value);

#define LKL_IO(suffix, type)								\
static inline type __raw_read##suffix(const volatile void __iomem *address)		\
{											\
	return lkl_mmio_read((unsigned long)address, sizeof(type));			\
}											\
static inline void __raw_write##suffix(type value, volatile void __iomem *address)	\
{											\
	lkl_mmio_write((unsigned long)address, sizeof(type), value);			\
}

LKL_IO(b, u8)
LKL_IO(w, u16)
LKL_IO(l, u32)
LKL_IO(q, u64)

#define __raw_readb	__raw_readb
#define __raw_readw	__raw_readw
#define __raw_readl	__raw_readl
#define __raw_readq	__raw_readq
#define __raw_writeb	__raw_writeb
#define __raw_writew	__raw_writew
#define __raw_writel	__raw_writel
#define __raw_writeq	__raw_writeq

#include <asm-generic/io.h>

#endif
