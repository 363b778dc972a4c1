/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies from and to the program's memory. A bad address faults in one of the instructions below; the host finds the way on by lkl_fixup(). */
#ifndef _ASM_LKL_UACCESS_H
#define _ASM_LKL_UACCESS_H

#include <linux/string.h>

/* The section is writable: a shared library's absolute addresses are set by its loader. */
#define LKL_EXTABLE(from, to)				\
	".pushsection __ex_table, \"aw\"\n\t"		\
	".balign 8\n\t"					\
	".quad " from ", " to "\n\t"			\
	".popsection\n\t"

/* One load and one store; either may be the one of the program's memory. Yields what was not copied. */
#define LKL_USER_MOVE(to, from, count, move, width)			\
({									\
	unsigned long move_left = (count), move_value;			\
									\
	asm volatile("1:	" move " (%[src]), %" width "[value]\n"	\
		     "2:	" move " %" width "[value], (%[dst])\n"	\
		     "	xor	%[left], %[left]\n"			\
		     "3:\n\t"						\
		     LKL_EXTABLE("1b", "3b")				\
		     LKL_EXTABLE("2b", "3b")				\
		     : [left] "+r" (move_left), [value] "=&q" (move_value) \
		     : [src] "r" (from), [dst] "r" (to)			\
		     : "memory", "cc");					\
	move_left;							\
})

static __always_inline unsigned long lkl_user_copy(void *to, const void *from, unsigned long count)
{
	if (__builtin_constant_p(count)) {
		switch (count) {
		case 1:
			return LKL_USER_MOVE(to, from, count, "movb", "b");
		case 2:
			return LKL_USER_MOVE(to, from, count, "movw", "w");
		case 4:
			return LKL_USER_MOVE(to, from, count, "movl", "k");
		case 8:
			return LKL_USER_MOVE(to, from, count, "movq", "q");
		}
	}
	asm volatile("1:	rep movsb\n"
		     "2:\n\t"
		     LKL_EXTABLE("1b", "2b")
		     : "+D" (to), "+S" (from), "+c" (count) : : "memory");
	return count;
}

static __always_inline __must_check unsigned long
raw_copy_from_user(void *to, const void __user *from, unsigned long count)
{
	return lkl_user_copy(to, (const void __force *)from, count);
}

static __always_inline __must_check unsigned long
raw_copy_to_user(void __user *to, const void *from, unsigned long count)
{
	return lkl_user_copy((void __force *)to, from, count);
}

static __always_inline __must_check unsigned long __clear_user(void __user *to, unsigned long count)
{
	asm volatile("1:	rep stosb\n"
		     "2:\n\t"
		     LKL_EXTABLE("1b", "2b")
		     : "+D" (to), "+c" (count) : "a" (0) : "memory");
	return count;
}
#define __clear_user __clear_user

#define INLINE_COPY_FROM_USER
#define INLINE_COPY_TO_USER

#include <asm-generic/uaccess.h>

#endif
