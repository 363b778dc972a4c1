/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's check of itself: a condition that no application can break
 * through service calls. If it does not hold, memory was overwritten or the
 * kernel is wrong, and the real-time side stops with the condition as message.
 */
#pragma once

#include <unitron/port.h>

#define kernel_assert(condition) \
	do { \
		if (__builtin_expect(!(condition), 0)) \
			port_panic("broken invariant: " #condition); \
	} while (0)
