/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between kernel versions, 6.1 to 6.12. */
#pragma once

#include <linux/version.h>
#include <asm/cpufeatures.h>
#include <asm/processor-flags.h>

/* Bits of CR4 from before headers knew them: flexible return and event delivery; control-flow enforcement */
#ifndef X86_CR4_FRED
#define X86_CR4_FRED	BIT_ULL(32)
#endif

#ifndef X86_CR4_CET
#define X86_CR4_CET	BIT_ULL(23)
#endif
