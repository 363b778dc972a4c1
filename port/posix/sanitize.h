/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AddressSanitizer must be told about each change of stack: before it, where
 * it goes (and where to keep the fake stack of what is left; NULL if that is
 * left for good), and after it, what was kept of the one arrived on; and when
 * frames are forgotten that did not return. Without SAN=1 these calls are
 * nothing.
 */
#pragma once

#include <stddef.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

static inline void fibre_leave(void **keep, const void *stack, size_t size)
{
	__sanitizer_start_switch_fiber(keep, stack, size);
}

static inline void fibre_arrive(void *kept, const void **from, size_t *from_size)
{
	__sanitizer_finish_switch_fiber(kept, from, from_size);
}

static inline void stack_unpoison(void *stack, size_t size)
{
	__asan_unpoison_memory_region(stack, size);
}

/* sanitize.c: call at_death before the process ends because the sanitizer found something. */
void	sanitize_prepare(void (*at_death)(void));

/* An instrumented function has large frames, and the checks call deep. */
#define STACK_EXTRA_MIN	(256 << 10)
#else
static inline void fibre_leave(void **keep, const void *stack, size_t size)
{
}

static inline void fibre_arrive(void *kept, const void **from, size_t *from_size)
{
}

static inline void stack_unpoison(void *stack, size_t size)
{
}

static inline void sanitize_prepare(void (*at_death)(void))
{
}

/* printf and its kind want some 8 KiB; signal frames come on top (context.c). */
#define STACK_EXTRA_MIN	(32 << 10)
#endif
