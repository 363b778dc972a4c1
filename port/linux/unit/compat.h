/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between kernel versions, 6.1 to 6.12. */
#pragma once

#include <linux/version.h>
#include <asm/cpufeatures.h>
#include <asm/processor-flags.h>

/* The bit that says "flexible return and event delivery is on", before headers knew it */
#ifndef X86_CR4_FRED
#define X86_CR4_FRED	BIT_ULL(32)
#endif

/* Where an indirect branch may land, a kprobe stands behind the ENDBR. */
#ifdef CONFIG_X86_KERNEL_IBT
#define COMPAT_ENDBR_SIZE	4
#else
#define COMPAT_ENDBR_SIZE	0
#endif
