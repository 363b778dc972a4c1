/* SPDX-License-Identifier: GPL-2.0-only */
/* As uapi, and struct k_sigaction has the restorer too. */
#ifndef _ASM_LKL_SIGNAL_H
#define _ASM_LKL_SIGNAL_H

#define __ARCH_HAS_SA_RESTORER

#include <uapi/asm/signal.h>

#ifndef __ASSEMBLY__
#include <asm/sigcontext.h>
#undef __HAVE_ARCH_SIG_BITOPS
#endif

#endif
