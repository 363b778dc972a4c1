/* SPDX-License-Identifier: GPL-2.0-only */
/* struct stat is laid out as x86-64's, so that the C library's one can be passed in. */
#ifndef _UAPI_ASM_LKL_STAT_H
#define _UAPI_ASM_LKL_STAT_H

#include "../../../../x86/include/uapi/asm/stat.h"

#endif
