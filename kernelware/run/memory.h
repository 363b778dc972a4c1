/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the patcher: zeroed pages straight from the kernel. The auditor
 * must leave the program's heap alone, and works before it has one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct memory {
	void *start;
	size_t size;
};

/* At least size bytes, zeroed; false: there is no memory. An empty memory may be freed. */
bool memory_get(struct memory *memory, size_t size);
void memory_free(struct memory *memory);

/* Make it at least this big; what is in it stays, it may move. */
bool memory_grow(struct memory *memory, size_t size);
