/* SPDX-License-Identifier: GPL-2.0-only */
/* There is nothing to trace: programs' registers are not the library's. */
#ifndef _UAPI_ASM_LKL_PTRACE_H
#define _UAPI_ASM_LKL_PTRACE_H

struct user_regs_struct {
	unsigned long unused;
};

#endif
