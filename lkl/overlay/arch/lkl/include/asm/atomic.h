/* SPDX-License-Identifier: GPL-2.0-only */
/* Atomics of the one CPU: plain arithmetic, kept here so that several CPUs would change this file only. */
#ifndef _ASM_LKL_ATOMIC_H
#define _ASM_LKL_ATOMIC_H

#include <asm/barrier.h>
#include <asm/cmpxchg.h>

#define ATOMIC64_INIT(value)	{ (value) }

#define LKL_ATOMIC_ARITHMETIC(prefix, type, value_t, name, operator)			\
static __always_inline void prefix##_##name(value_t value, type *v)			\
{											\
	WRITE_ONCE(v->counter, v->counter operator value);				\
}											\
static __always_inline value_t prefix##_fetch_##name(value_t value, type *v)		\
{											\
	value_t old = READ_ONCE(v->counter);						\
											\
	WRITE_ONCE(v->counter, old operator value);					\
	return old;									\
}

#define LKL_ATOMIC_RETURN(prefix, type, value_t, name, operator)			\
static __always_inline value_t prefix##_##name##_return(value_t value, type *v)		\
{											\
	value_t sum = READ_ONCE(v->counter) operator value;				\
											\
	WRITE_ONCE(v->counter, sum);							\
	return sum;									\
}

#define LKL_ATOMIC(prefix, type, value_t)						\
static __always_inline value_t prefix##_read(const type *v)				\
{											\
	return READ_ONCE(v->counter);							\
}											\
static __always_inline void prefix##_set(type *v, value_t value)			\
{											\
	WRITE_ONCE(v->counter, value);							\
}											\
static __always_inline value_t prefix##_xchg(type *v, value_t value)			\
{											\
	return arch_xchg(&v->counter, value);						\
}											\
static __always_inline value_t prefix##_cmpxchg(type *v, value_t old, value_t value)	\
{											\
	return arch_cmpxchg(&v->counter, old, value);					\
}											\
LKL_ATOMIC_ARITHMETIC(prefix, type, value_t, add, +)					\
LKL_ATOMIC_ARITHMETIC(prefix, type, value_t, sub, -)					\
LKL_ATOMIC_ARITHMETIC(prefix, type, value_t, and, &)					\
LKL_ATOMIC_ARITHMETIC(prefix, type, value_t, or, |)					\
LKL_ATOMIC_ARITHMETIC(prefix, type, value_t, xor, ^)					\
LKL_ATOMIC_RETURN(prefix, type, value_t, add, +)					\
LKL_ATOMIC_RETURN(prefix, type, value_t, sub, -)

LKL_ATOMIC(arch_atomic, atomic_t, int)
LKL_ATOMIC(arch_atomic64, atomic64_t, s64)

/* Generic code derives the rest from those that are also macros. */
#define arch_atomic_add_return		arch_atomic_add_return
#define arch_atomic_sub_return		arch_atomic_sub_return
#define arch_atomic_fetch_add		arch_atomic_fetch_add
#define arch_atomic_fetch_sub		arch_atomic_fetch_sub
#define arch_atomic_fetch_and		arch_atomic_fetch_and
#define arch_atomic_fetch_or		arch_atomic_fetch_or
#define arch_atomic_fetch_xor		arch_atomic_fetch_xor
#define arch_atomic64_add_return	arch_atomic64_add_return
#define arch_atomic64_sub_return	arch_atomic64_sub_return
#define arch_atomic64_fetch_add		arch_atomic64_fetch_add
#define arch_atomic64_fetch_sub		arch_atomic64_fetch_sub
#define arch_atomic64_fetch_and		arch_atomic64_fetch_and
#define arch_atomic64_fetch_or		arch_atomic64_fetch_or
#define arch_atomic64_fetch_xor		arch_atomic64_fetch_xor

#endif
