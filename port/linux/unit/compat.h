/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between kernel versions, 6.1 to 6.12. */
#pragma once

#include <linux/version.h>
#include <asm/cpufeatures.h>
#include <asm/processor-flags.h>

/* 6.2 made the devices of devnode constant, 6.4 took the owner from class_create, 6.8 the count from eventfd_signal. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define COMPAT_DEVNODE_DEVICE	struct device
#else
#define COMPAT_DEVNODE_DEVICE	const struct device
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define compat_class_create(name)	class_create(THIS_MODULE, name)
#else
#define compat_class_create(name)	class_create(name)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define compat_eventfd_signal(context)	eventfd_signal(context, 1)
#else
#define compat_eventfd_signal(context)	eventfd_signal(context)
#endif

/* Bits of CR4 from before headers knew them: flexible return and event delivery; control-flow enforcement */
#ifndef X86_CR4_FRED
#define X86_CR4_FRED	BIT_ULL(32)
#endif

#ifndef X86_CR4_CET
#define X86_CR4_CET	BIT_ULL(23)
#endif
