/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the patcher: see memory.h.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/mman.h>

#include "memory.h"

#define PAGE	4096u

bool memory_get(struct memory *memory, size_t size)
{
	*memory = (struct memory){ .size = (size + PAGE - 1) & -(size_t)PAGE };
	if (memory->size < size || memory->size == 0)
		return false;
	memory->start = mmap(NULL, memory->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory->start != MAP_FAILED)
		return true;
	*memory = (struct memory){ 0 };
	return false;
}

void memory_free(struct memory *memory)
{
	if (memory->size != 0)
		munmap(memory->start, memory->size);
	*memory = (struct memory){ 0 };
}

bool memory_grow(struct memory *memory, size_t size)
{
	void *moved;

	if (size <= memory->size)
		return true;
	if (memory->size == 0)
		return memory_get(memory, size);
	if (size < memory->size * 2)
		size = memory->size * 2;
	size = (size + PAGE - 1) & -(size_t)PAGE;
	moved = mremap(memory->start, memory->size, size, MREMAP_MAYMOVE);
	if (moved == MAP_FAILED)
		return false;
	*memory = (struct memory){ moved, size };
	return true;
}
