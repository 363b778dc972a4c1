/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unwind tables for trampolines: see unwinding.h. The format is that of frames.c,
 * the operations are DWARF's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>

#include "unwinding.h"

#define ROW_SIZE	16	/* advance, and where the caller is */
#define ENTRY_SIZE	32	/* the rest of an FDE, with its padding, and its place in the table */
#define COMMON_SIZE	32	/* the CIE, and the header */
#define REGIONS		256

#define DW_CFA_advance_loc	0x40
#define DW_CFA_def_cfa		0x0c
#define DW_CFA_val_expression	0x16
#define DW_OP_addr		0x03
#define REGISTER_RSP		7
#define REGISTER_RETURN		16

struct writer {
	uint8_t *at;
};

static void put(struct writer *writer, const void *bytes, size_t size)
{
	memcpy(writer->at, bytes, size);
	writer->at += size;
}

static void put_byte(struct writer *writer, unsigned int byte)
{
	*writer->at++ = (uint8_t)byte;
}

static void put_word(struct writer *writer, uint64_t word)
{
	uint32_t narrow = (uint32_t)word;

	put(writer, &narrow, sizeof(narrow));
}

/* The size of an entry, at its start, once it is complete */
static void close_entry(struct writer *writer, uint8_t *start)
{
	uint32_t size;

	while ((writer->at - start) % 8 != 0)
		put_byte(writer, 0);	/* DW_CFA_nop */
	size = (uint32_t)(writer->at - start) - 4;
	memcpy(start, &size, sizeof(size));
}

/*
 * The common part: the CFA is rsp, all registers are the caller's. S: a signal
 * frame, so the address of the caller is taken as it is, not as one behind a call.
 */
static void put_common(struct writer *writer)
{
	static const uint8_t bytes[] = {
		0, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 'S', 0, 1, 0x78, REGISTER_RETURN, 1, 0x1b, DW_CFA_def_cfa, REGISTER_RSP, 0
	};
	uint8_t *start = writer->at;

	put(writer, bytes, sizeof(bytes));
	close_entry(writer, start);
}

/* One trampoline: its rows up to the one that ends it. Returns how many they are. */
static size_t put_entry(struct writer *writer, const struct row *rows, size_t count, const uint8_t *common)
{
	uint8_t *start = writer->at;
	size_t last = 0, i;

	while (last + 1 < count && rows[last].means != 0)
		last++;
	put_word(writer, 0);
	put_word(writer, (uintptr_t)(writer->at - common));
	put_word(writer, rows[0].at - (uintptr_t)writer->at);
	put_word(writer, rows[last].at - rows[0].at);
	put_byte(writer, 0);
	for (i = 0; i < last; i++) {
		if (i > 0)
			put_byte(writer, DW_CFA_advance_loc | (unsigned int)(rows[i].at - rows[i - 1].at));
		put_byte(writer, DW_CFA_val_expression);
		put_byte(writer, REGISTER_RETURN);
		put_byte(writer, 1 + sizeof(rows[i].means));
		put_byte(writer, DW_OP_addr);
		put(writer, &rows[i].means, sizeof(rows[i].means));
	}
	close_entry(writer, start);
	return last + 1;
}

size_t unwind_size(size_t rows)
{
	/* At worst every other row begins a trampoline. */
	return 2 * COMMON_SIZE + rows * (ROW_SIZE + ENTRY_SIZE);
}

size_t unwind_write(uint8_t *table, const struct row *rows, size_t count)
{
	struct writer header = { table };
	struct writer frames;
	const uint8_t *common;
	uint32_t entries = 0;
	size_t i;

	for (i = 0; i < count; i++)
		entries += rows[i].means == 0;
	frames.at = table + ((12 + entries * 8 + 7) & ~7u);
	common = frames.at;
	put(&header, "\1\x1b\3\x3b", 4);
	put_word(&header, (uintptr_t)(common - header.at));
	put_word(&header, entries);
	put_common(&frames);
	for (i = 0; i < count;) {
		put_word(&header, rows[i].at - (uintptr_t)table);
		put_word(&header, (uintptr_t)(frames.at - table));
		i += put_entry(&frames, rows + i, count - i, common);
	}
	put_word(&frames, 0);
	return (size_t)(frames.at - table);
}

static struct region {
	_Atomic uintptr_t start;
	_Atomic uintptr_t end;		/* 0: this one is free */
	const uint8_t *table;
	void *link_map;
} regions[REGIONS];

uintptr_t unwind_original;

bool unwind_know(uintptr_t start, uintptr_t end, const uint8_t *table, void *link_map)
{
	int i;

	for (i = 0; i < REGIONS && atomic_load(&regions[i].end) != 0; i++)
		;
	if (i == REGIONS)
		return false;
	regions[i].table = table;
	regions[i].link_map = link_map;
	atomic_store(&regions[i].start, start);
	atomic_store(&regions[i].end, end);
	return true;
}

void unwind_forget(uintptr_t start)
{
	int i;

	for (i = 0; i < REGIONS; i++)
		if (atomic_load(&regions[i].end) != 0 && atomic_load(&regions[i].start) == start)
			atomic_store(&regions[i].end, 0);
}

/* Runs in the program's threads, in signal handlers too: no locks, nothing of the C library. */
int unwind_find_object(void *address, struct dl_find_object *result)
{
	uintptr_t wanted = (uintptr_t)address;
	int i;

	for (i = 0; i < REGIONS; i++) {
		uintptr_t end = atomic_load_explicit(&regions[i].end, memory_order_acquire);
		uintptr_t start = atomic_load_explicit(&regions[i].start, memory_order_relaxed);

		if (wanted < start || wanted >= end)
			continue;
		*result = (struct dl_find_object){
			.dlfo_map_start = (void *)start,
			.dlfo_map_end = (void *)end,
			.dlfo_link_map = regions[i].link_map,
			.dlfo_eh_frame = (void *)regions[i].table,
		};
		return 0;
	}
	return ((int (*)(void *, struct dl_find_object *))unwind_original)(address, result);
}
