/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory near an object. Below it rather than above, where the heap of the
 * program begins, which must be able to grow.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/prctl.h>

#include "patch.h"

#define PAGE	4096u
#define REACH	0x7fff0000u	/* a 32-bit distance, less what instructions at the ends need */
#define STEP	(64u << 10)	/* between the first two places that are tried; then more and more */

static void *map_at(uintptr_t address, size_t size, int flags)
{
	return mmap((void *)address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

/* Do distances reach from all of this memory to all of the object? */
static bool reaches(const struct object *object, uintptr_t start, size_t size)
{
	uintptr_t low = start < object->all.start ? start : object->all.start;
	uintptr_t high = start + size > object->all.end ? start + size : object->all.end;

	return high - low < REACH;
}

static bool take(struct arena *arena, const struct object *object, void *found, size_t size)
{
	if (found == MAP_FAILED)
		return false;
	if (!reaches(object, (uintptr_t)found, size)) {
		munmap(found, size);
		return false;
	}
	*arena = (struct arena){ found, size };
	/* For those who read /proc/PID/maps; where the kernel has no such names, there is none. */
	prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, found, size, "kernelware");
	return true;
}

bool arena_get(struct arena *arena, const struct object *object, size_t size)
{
	uintptr_t below = (object->all.start & -(uintptr_t)PAGE) - size;
	uintptr_t above = (object->all.end + PAGE - 1) & -(uintptr_t)PAGE;
	uintptr_t step;

	*arena = (struct arena){ 0 };
	size = (size + PAGE - 1) & -(size_t)PAGE;
	below &= -(uintptr_t)PAGE;
	if (size > REACH / 2)
		return false;
	/* The kernel's choice is as good as the one wanted, if it is near: it is, for libraries. */
	if (below < object->all.start && take(arena, object, map_at(below, size, 0), size))
		return true;
	for (step = STEP; step < REACH; step += step / 2) {
		if (below > step && take(arena, object, map_at((below - step) & -(uintptr_t)PAGE, size, MAP_FIXED_NOREPLACE), size))
			return true;
		if (take(arena, object, map_at((above + step) & -(uintptr_t)PAGE, size, MAP_FIXED_NOREPLACE), size))
			return true;
	}
	return false;
}

void arena_trim(struct arena *arena, size_t size)
{
	size = (size + PAGE - 1) & -(size_t)PAGE;
	if (size < arena->size) {
		munmap(arena->start + size, arena->size - size);
		arena->size = size;
	}
}

void arena_free(struct arena *arena)
{
	if (arena->size != 0)
		munmap(arena->start, arena->size);
	*arena = (struct arena){ 0 };
}
