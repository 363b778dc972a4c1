/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of a program are the host's affair: struct pt_regs is only a place holder. */
#ifndef _ASM_LKL_PTRACE_H
#define _ASM_LKL_PTRACE_H

#include <uapi/asm/ptrace.h>
#include <linux/errno.h>

#ifndef __ASSEMBLY__

struct pt_regs {
	unsigned long ip;
	unsigned long sp;
};

#define user_mode(regs)			0
#define kernel_mode(regs)		1
#define profile_pc(regs)		instruction_pointer(regs)
#define instruction_pointer(regs)	((regs)->ip)
#define user_stack_pointer(regs)	((regs)->sp)

#endif

#endif
