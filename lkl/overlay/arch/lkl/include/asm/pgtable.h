/* SPDX-License-Identifier: GPL-2.0-only */
/* No page tables: what generic code names of them without an MMU. */
#ifndef _ASM_LKL_PGTABLE_H
#define _ASM_LKL_PGTABLE_H

#include <asm-generic/pgtable-nopud.h>
#include <asm/page.h>

#define PAGE_NONE			__pgprot(0)
#define PAGE_SHARED			__pgprot(0)
#define PAGE_COPY			__pgprot(0)
#define PAGE_READONLY			__pgprot(0)
#define PAGE_KERNEL			__pgprot(0)
#define pgprot_noncached(prot)		(prot)
#define pgprot_writecombine(prot)	(prot)
#define swapper_pg_dir			NULL

#define VMALLOC_START			0UL
#define VMALLOC_END			(~0UL)

/* Frame 0, which nothing else uses. */
#define ZERO_PAGE(address)		pfn_to_page(0)

#endif
