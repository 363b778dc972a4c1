/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's CPU is one, but host threads read its queues from other cores: fences are real. */
#ifndef _ASM_LKL_BARRIER_H
#define _ASM_LKL_BARRIER_H

/* x86 keeps loads and stores in order but for a load that passes an older store. */
#define mb()		asm volatile("lock; addl $0, -4(%%rsp)" : : : "memory", "cc")
#define rmb()		asm volatile("" : : : "memory")
#define wmb()		asm volatile("" : : : "memory")
#define __smp_mb()	mb()
#define __smp_rmb()	rmb()
#define __smp_wmb()	wmb()

#include <asm-generic/barrier.h>

#endif
