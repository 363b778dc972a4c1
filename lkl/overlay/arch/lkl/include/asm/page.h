/* SPDX-License-Identifier: GPL-2.0-only */
/* Physical address 0 is the arena's first byte: page frames start at 0, so that no hole is set up at boot. */
#ifndef _ASM_LKL_PAGE_H
#define _ASM_LKL_PAGE_H

#include <linux/const.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(_AC(1, UL) << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#ifndef __ASSEMBLY__

void lkl_clear_page(void *page);

#define clear_page(page)			lkl_clear_page(page)
#define copy_page(to, from)			memcpy(to, from, PAGE_SIZE)
#define clear_user_page(page, address, frame)	clear_page(page)
#define copy_user_page(to, from, address, frame) copy_page(to, from)

typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;
typedef struct page *pgtable_t;

#define pte_val(x)	((x).pte)
#define pmd_val(x)	((x).pmd)
#define pgd_val(x)	((x).pgd)
#define pgprot_val(x)	((x).pgprot)
#define __pte(x)	((pte_t) { (x) })
#define __pmd(x)	((pmd_t) { (x) })
#define __pgd(x)	((pgd_t) { (x) })
#define __pgprot(x)	((pgprot_t) { (x) })

/* The arena, in host addresses. The library's own image lies outside: it has no frames. */
extern unsigned long memory_start, memory_end;

#define PAGE_OFFSET		memory_start
#define ARCH_PFN_OFFSET		0UL

#define __va(address)		((void *)((unsigned long)(address) + memory_start))
#define __pa(address)		((unsigned long)(address) - memory_start)
#define virt_to_pfn(address)	(__pa(address) >> PAGE_SHIFT)
#define pfn_to_virt(pfn)	__va((unsigned long)(pfn) << PAGE_SHIFT)
#define virt_to_page(address)	pfn_to_page(virt_to_pfn(address))
#define page_to_virt(page)	pfn_to_virt(page_to_pfn(page))
#define page_to_phys(page)	((phys_addr_t)page_to_pfn(page) << PAGE_SHIFT)
#define pfn_valid(pfn)		((pfn) < max_mapnr)
#define virt_addr_valid(address) ((unsigned long)(address) - memory_start < memory_end - memory_start)

#include <asm-generic/memory_model.h>
#include <asm-generic/getorder.h>

#endif

#endif
