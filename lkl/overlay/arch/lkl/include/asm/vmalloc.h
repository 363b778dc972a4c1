/* SPDX-License-Identifier: GPL-2.0-only */
/* Nothing of an architecture's vmalloc: without an MMU it is a page allocation. */
#ifndef _ASM_LKL_VMALLOC_H
#define _ASM_LKL_VMALLOC_H
#endif
