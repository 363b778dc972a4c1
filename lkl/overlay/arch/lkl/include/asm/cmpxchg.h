/* SPDX-License-Identifier: GPL-2.0-only */
/* One CPU and interrupts only where they are enabled: plain reads and writes are atomic. */
#ifndef _ASM_LKL_CMPXCHG_H
#define _ASM_LKL_CMPXCHG_H

#include <linux/types.h>

#define arch_xchg(ptr, new)						\
({									\
	volatile __typeof__(*(ptr)) *xchg_at = (ptr);			\
	__typeof__(*(ptr)) xchg_old = *xchg_at;				\
									\
	*xchg_at = (__typeof__(*(ptr)))(new);				\
	xchg_old;							\
})

#define arch_cmpxchg(ptr, old, new)					\
({									\
	volatile __typeof__(*(ptr)) *cmpxchg_at = (ptr);		\
	__typeof__(*(ptr)) cmpxchg_want = (__typeof__(*(ptr)))(old);	\
	__typeof__(*(ptr)) cmpxchg_new = (__typeof__(*(ptr)))(new);	\
	__typeof__(*(ptr)) cmpxchg_was = *cmpxchg_at;			\
									\
	if (cmpxchg_was == cmpxchg_want)				\
		*cmpxchg_at = cmpxchg_new;				\
	cmpxchg_was;							\
})

#define arch_cmpxchg_local	arch_cmpxchg
#define arch_cmpxchg64		arch_cmpxchg
#define arch_cmpxchg64_local	arch_cmpxchg

#endif
