/* SPDX-License-Identifier: GPL-2.0-only */
/* Nothing of an architecture's vmalloc: without an MMU it is a page allocation. What kernel/map.c puts in place of mm/nommu.c's is declared here. */
#ifndef _ASM_LKL_VMALLOC_H
#define _ASM_LKL_VMALLOC_H

struct page;

void *__wrap_vm_map_ram(struct page **pages, unsigned int count, int node);
void __wrap_vm_unmap_ram(const void *at, unsigned int count);

#endif
