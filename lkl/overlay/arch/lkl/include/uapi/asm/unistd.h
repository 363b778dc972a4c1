/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of system calls are x86-64's; see arch/lkl/entry/Makefile. */
#ifndef _UAPI_ASM_LKL_UNISTD_H
#define _UAPI_ASM_LKL_UNISTD_H

#include <asm/unistd_64.h>

#endif
