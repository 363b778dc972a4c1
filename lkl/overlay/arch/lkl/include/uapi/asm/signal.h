/* SPDX-License-Identifier: GPL-2.0-only */
/* struct sigaction has a restorer, as x86-64's. */
#ifndef _UAPI_ASM_LKL_SIGNAL_H
#define _UAPI_ASM_LKL_SIGNAL_H

#define SA_RESTORER	0x04000000

#include <asm-generic/signal.h>

#endif
