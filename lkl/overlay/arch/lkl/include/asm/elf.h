/* SPDX-License-Identifier: GPL-2.0-only */
/* No program is ever loaded; generic code wants the types and sizes. */
#ifndef _ASM_LKL_ELF_H
#define _ASM_LKL_ELF_H

#include <asm/ptrace.h>

#define ELF_CLASS		ELFCLASS64
#define ELF_DATA		ELFDATA2LSB
#define ELF_ARCH		EM_X86_64
#define ELF_EXEC_PAGESIZE	PAGE_SIZE
#define ELF_ET_DYN_BASE		0UL
#define ELF_PLATFORM		NULL
#define ELF_HWCAP		0
#define ELF_NGREG		1
#define CORE_DUMP_USE_REGSET	0
#define elf_check_arch(header)	0

typedef unsigned long elf_greg_t;
typedef elf_greg_t elf_gregset_t[ELF_NGREG];
typedef struct {
	unsigned long unused;
} elf_fpregset_t;

#endif
