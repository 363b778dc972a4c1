/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The four functions that the compiler may call by itself. Words at a time,
 * without rep: its cost is that of instructions on every machine.
 */
#include <stddef.h>
#include <stdint.h>

void	*memcpy(void *restrict to, const void *restrict from, size_t size);
void	*memmove(void *to, const void *from, size_t size);
void	*memset(void *to, int value, size_t size);
int	memcmp(const void *left, const void *right, size_t size);

/* x86 reads and writes at any address; the attributes tell the compiler. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word;

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	char *target = to;
	const char *source = from;

	for (; size >= sizeof(word); size -= sizeof(word)) {
		*(word *)target = *(const word *)source;
		target += sizeof(word);
		source += sizeof(word);
	}
	while (size-- > 0)
		*target++ = *source++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	char *target = to;
	const char *source = from;

	if ((uintptr_t)to - (uintptr_t)from >= size)
		return memcpy(to, from, size);
	while (size-- > 0)
		target[size] = source[size];
	return to;
}

void *memset(void *to, int value, size_t size)
{
	char *target = to;
	word pattern = (unsigned char)value * UINT64_C(0x0101010101010101);

	for (; size >= sizeof(word); size -= sizeof(word)) {
		*(word *)target = pattern;
		target += sizeof(word);
	}
	while (size-- > 0)
		*target++ = (char)value;
	return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
	const unsigned char *a = left;
	const unsigned char *b = right;

	for (; size > 0; size--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}
