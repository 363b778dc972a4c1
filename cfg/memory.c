/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that lives as long as a run: blocks in one list, handed out piece by
 * piece. Tables use open addressing and are at most half full, so that ten
 * thousand names cost no more than ten thousand look-ups.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "message.h"

/* 0 gives each request a block of its own, for AddressSanitizer to see its bounds. */
#ifndef BLOCK_SIZE
#define BLOCK_SIZE	(64 * 1024)
#endif

struct block {
	struct block	*next;
	size_t		size;
	size_t		used;
	_Alignas(max_align_t) char bytes[];
};

static struct block *blocks;

static struct block *block_new(size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);

	if (block == NULL)
		fatal("out of memory; configure fewer objects or free some memory");
	block->size = size;
	return block;
}

void *memory_get(size_t size)
{
	struct block *block = blocks;
	void *result;

	size = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	if (block == NULL || block->size - block->used < size) {
		block = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE);
		block->next = blocks;
		blocks = block;
	}
	result = block->bytes + block->used;
	block->used += size;
	return result;
}

char *memory_string(const char *text, size_t length)
{
	char *copy = memory_get(length + 1);

	if (length > 0)
		memcpy(copy, text, length);
	return copy;
}

char *memory_format(const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		fatal("a message could not be formatted");
	text = memory_get((size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

void memory_release(void)
{
	while (blocks != NULL) {
		struct block *next = blocks->next;

		free(blocks);
		blocks = next;
	}
}

struct table_entry {
	const char	*key;
	void		*value;
	uint64_t	hash;
};

/* FNV-1a */
static uint64_t hash_of(const char *key)
{
	uint64_t hash = 0xcbf29ce484222325;

	while (*key != '\0')
		hash = (hash ^ (unsigned char)*key++) * 0x100000001b3;
	return hash;
}

/* The entry of key, or the free one where it belongs. */
static struct table_entry *slot_of(const struct table *table, const char *key, uint64_t hash)
{
	size_t i = hash & (table->size - 1);

	while (table->entries[i].key != NULL &&
	       (table->entries[i].hash != hash || strcmp(table->entries[i].key, key) != 0))
		i = (i + 1) & (table->size - 1);
	return &table->entries[i];
}

void *table_find(const struct table *table, const char *key)
{
	if (table->size == 0)
		return NULL;
	return slot_of(table, key, hash_of(key))->value;
}

static void table_grow(struct table *table)
{
	struct table old = *table;

	table->size = old.size > 0 ? old.size * 2 : 64;
	table->entries = memory_get(table->size * sizeof(table->entries[0]));
	for (size_t i = 0; i < old.size; i++)
		if (old.entries[i].key != NULL)
			*slot_of(table, old.entries[i].key, old.entries[i].hash) = old.entries[i];
}

void table_add(struct table *table, const char *key, void *value)
{
	uint64_t hash = hash_of(key);

	if (table->used * 2 >= table->size)
		table_grow(table);
	*slot_of(table, key, hash) = (struct table_entry){ key, value, hash };
	table->used++;
}

void buffer_add(struct buffer *buffer, const char *text, size_t length)
{
	if (buffer->length + length + 1 > buffer->size) {
		size_t size = (buffer->length + length + 1) * 2;
		char *larger = memory_get(size < 64 ? 64 : size);

		if (buffer->length > 0)
			memcpy(larger, buffer->text, buffer->length);
		buffer->text = larger;
		buffer->size = size < 64 ? 64 : size;
	}
	memcpy(buffer->text + buffer->length, text, length);
	buffer->length += length;
	buffer->text[buffer->length] = '\0';
}
