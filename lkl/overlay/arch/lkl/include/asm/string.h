/* SPDX-License-Identifier: GPL-2.0-only */
/* Copying and filling by the string instructions, which take the best way on present CPUs. */
#ifndef _ASM_LKL_STRING_H
#define _ASM_LKL_STRING_H

#define __HAVE_ARCH_MEMCPY
#define __HAVE_ARCH_MEMSET

void *memcpy(void *to, const void *from, __kernel_size_t count);
void *memset(void *at, int byte, __kernel_size_t count);

#endif
