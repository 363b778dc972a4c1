// SPDX-License-Identifier: GPL-2.0-only
/* Copying, filling and clearing; compilers call these too, so they must not be built of themselves. */
#include <linux/export.h>
#include <linux/string.h>
#include <asm/page.h>

void *memcpy(void *to, const void *from, size_t count)
{
	void *at = to;

	asm volatile("rep movsb" : "+D" (at), "+S" (from), "+c" (count) : : "memory");
	return to;
}
EXPORT_SYMBOL(memcpy);

void *memset(void *to, int byte, size_t count)
{
	void *at = to;

	asm volatile("rep stosb" : "+D" (at), "+c" (count) : "a" (byte) : "memory");
	return to;
}
EXPORT_SYMBOL(memset);

/*
 * A page that was never used costs the host no memory as long as it is only read,
 * and workspaces that file systems clear at boot are mostly never used. Pages that
 * hold something differ in their first words, as a rule.
 */
void lkl_clear_page(void *page)
{
	const unsigned long *at = page, *end = page + PAGE_SIZE;

	for (; at < end; at += 8)
		if (at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7])
			break;
	if (at < end)
		memset(page, 0, PAGE_SIZE);
}
EXPORT_SYMBOL(lkl_clear_page);
