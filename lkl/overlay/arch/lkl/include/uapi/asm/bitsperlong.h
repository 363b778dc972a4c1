/* SPDX-License-Identifier: GPL-2.0-only */
/* Longs have 64 bits: asm-generic would ask the compiler's CONFIG_64BIT, which uapi users lack. */
#ifndef _UAPI_ASM_LKL_BITSPERLONG_H
#define _UAPI_ASM_LKL_BITSPERLONG_H

#define __BITS_PER_LONG 64

#include <asm-generic/bitsperlong.h>

#endif
