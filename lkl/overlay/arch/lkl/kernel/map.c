// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of several pages, mapped as one. Without page tables mm/nommu.c stops
 * the kernel where a file system asks for that; XFS does when it replays its log.
 * The pages it hands in are its own and new, so they are exchanged for others
 * that lie side by side. The link (--wrap) puts these functions in place of
 * mm/nommu.c's.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/vmalloc.h>

/* Only a page that nobody else knows may be exchanged. */
static bool all_unshared(struct page **pages, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (page_count(pages[i]) != 1 || pages[i]->mapping)
			return false;
	return true;
}

static bool side_by_side(struct page **pages, unsigned int count)
{
	unsigned int i;

	for (i = 1; i < count; i++)
		if (pages[i] != pages[0] + i)
			return false;
	return true;
}

/*
 * Process context; may sleep if the caller may. Exchanges the pages of the
 * array. NULL: no memory side by side, or pages that somebody else uses.
 */
void *__wrap_vm_map_ram(struct page **pages, unsigned int count, int node)
{
	unsigned int i;
	char *block;

	if (side_by_side(pages, count))
		return page_address(pages[0]);
	if (WARN_ON_ONCE(!all_unshared(pages, count)))
		return NULL;
	block = alloc_pages_exact(count * PAGE_SIZE, GFP_KERNEL | __GFP_RETRY_MAYFAIL);
	if (!block)
		return NULL;
	for (i = 0; i < count; i++) {
		copy_page(block + i * PAGE_SIZE, page_address(pages[i]));
		__free_page(pages[i]);
		pages[i] = virt_to_page(block + i * PAGE_SIZE);
	}
	return block;
}

/* The pages stay the caller's, who frees them one by one. */
void __wrap_vm_unmap_ram(const void *at, unsigned int count)
{
}
