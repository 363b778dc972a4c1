// SPDX-License-Identifier: GPL-2.0-only
/* Copying and filling; compilers call these too, so they must not be built of themselves. */
#include <linux/export.h>
#include <linux/string.h>

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
