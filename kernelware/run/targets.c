/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an object may jump to, beyond what its functions say when followed.
 * A place in the middle of a window is reached from elsewhere only by an
 * address that the object has somewhere: as a distance in an instruction, in
 * a table of a switch, as a relocated pointer, as a symbol; or, in an object
 * made for one address, as that. All these are looked for. Where the search
 * takes for an address what may be none, a site stays a trap.
 */
#include <emmintrin.h>
#include <string.h>

#include "sites.h"

#define NEAR	160	/* a short branch reaches so far, to a window */

static bool bit(const uint8_t *map, size_t n)
{
	return map[n / 8] >> (n % 8) & 1;
}

void target_mark(struct sites *sites, uintptr_t address)
{
	size_t n = address - sites->range.start;

	if (address >= sites->range.start && address < sites->range.end)
		sites->targets[n / 8] |= (uint8_t)(1 << (n % 8));
}

void target_want(struct sites *sites, uintptr_t address)
{
	size_t n = address - sites->range.start;

	if (address >= sites->range.start && address < sites->range.end)
		sites->wanted[n / 8] |= (uint8_t)(1 << (n % 8));
}

bool target_in(const struct sites *sites, uintptr_t start, uintptr_t end)
{
	for (; start < end; start++)
		if (start >= sites->range.start && start < sites->range.end && bit(sites->targets, start - sites->range.start))
			return true;
	return false;
}

static void found(struct sites *sites, uintptr_t address)
{
	if (address - sites->range.start < sites->range.end - sites->range.start && bit(sites->wanted, address - sites->range.start))
		target_mark(sites, address);
}

/* May the four bytes at p be a distance to a place in the code, by what is before them? */
static bool is_distance(const uint8_t *p)
{
	bool call_or_jump = (p[-1] & 0xfe) == 0xe8;
	bool branch = (p[-1] & 0xf0) == 0x80 && p[-2] == 0x0f;
	bool relative_to_rip = (p[-1] & 0xc7) == 0x05;

	return call_or_jump || branch || relative_to_rip;
}

/*
 * The bytes at p would be a distance to a wanted address. If they are in a
 * function that can be followed, or at least in an instruction of it, that
 * tells whether they are one: what an instruction refers to has been marked.
 */
static void found_distance(struct sites *sites, const uint8_t *p, uintptr_t address)
{
	struct function function;

	if (!bit(sites->wanted, address - sites->range.start) || target_in(sites, address, address + 1))
		return;
	if (!frames_find(&sites->frames, (uintptr_t)p, &function) || !sites_follow(sites, &sites->flow, &function) ||
	    (sites->flow.unsure && !flow_covers(&sites->flow, (uintptr_t)p)))
		target_mark(sites, address);
}

static void try_distance(struct sites *sites, const uint8_t *p)
{
	uintptr_t offset;
	int32_t value;

	memcpy(&value, p, sizeof(value));
	offset = (uintptr_t)p + 4 + (uintptr_t)value - sites->range.start;
	if (offset < sites->range.end - sites->range.start && is_distance(p))
		found_distance(sites, p, sites->range.start + offset);
}

/*
 * Distances of 32 bits anywhere in the code: what is between instructions is
 * looked at, too, so that nothing depends on where they begin. Such a distance
 * is the last thing in its instruction. As long as the code is less than 16 MiB,
 * its highest byte is 00 or ff, which is tried for 16 places at once: this is
 * done for all the code of a program before it starts.
 */
static void search_far(struct sites *sites, const struct span *code)
{
	bool small = sites->range.end - sites->range.start < 1 << 24;
	const uint8_t *p = (const uint8_t *)code->start + 2;
	const uint8_t *end = (const uint8_t *)code->end - 3;	/* behind the last place */
	const __m128i zeros = _mm_setzero_si128();
	const __m128i ones = _mm_set1_epi8(-1);

	for (; small && p + 16 <= end; p += 16) {
		__m128i high = _mm_loadu_si128((const __m128i *)(p + 3));
		unsigned int mask = (unsigned int)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(high, zeros), _mm_cmpeq_epi8(high, ones)));

		for (; mask != 0; mask &= mask - 1)
			try_distance(sites, p + __builtin_ctz(mask));
	}
	for (; p < end; p++)
		try_distance(sites, p);
}

/* Is the byte at p the distance of a short branch (or LOOP, JRCXZ), by what is before it? */
static bool is_short_distance(const uint8_t *p)
{
	return (p[-1] & 0xf0) == 0x70 || p[-1] == 0xeb || (p[-1] & 0xfc) == 0xe0;
}

/*
 * Short branches to a window, or between it and what sets the number, from a
 * function beside its own: only such as were written by hand have them.
 */
static void search_near(struct sites *sites, const struct site *site)
{
	const struct span *code = object_code(sites->object, site->address);
	uintptr_t from = site->constant != 0 && site->constant < site->window ? site->constant : site->window;
	uintptr_t p = from > code->start + NEAR ? from - NEAR : code->start;
	uintptr_t end = code->end - site->address > NEAR ? site->address + NEAR : code->end;

	for (p++; p < end; p++) {
		uintptr_t to = p + 1 + (uintptr_t)*(const int8_t *)p;

		if (to > from && to < site->address && is_short_distance((const uint8_t *)p))
			found_distance(sites, (const uint8_t *)p, to);
	}
}

/* In an object made for one address: that, in an instruction */
static void search_absolute(struct sites *sites, const struct span *code)
{
	uintptr_t p;
	uint32_t value;

	for (p = code->start; p + sizeof(value) <= code->end; p++) {
		memcpy(&value, (const void *)p, sizeof(value));
		found(sites, sites->object->bias + value);
	}
}

/* Pointers in the data of an object that needs no relocation */
static void search_data(struct sites *sites)
{
	const struct object *object = sites->object;
	unsigned int i;

	for (i = 0; i < object->phnum; i++) {
		uintptr_t at = (object->bias + object->phdr[i].p_vaddr + 7) & -(uintptr_t)8;
		uintptr_t end = object->bias + object->phdr[i].p_vaddr + object->phdr[i].p_filesz;

		if (object->phdr[i].p_type != PT_LOAD || object->phdr[i].p_flags & PF_X || !object_holds(object, at, end - at))
			continue;
		for (; at + 8 <= end; at += 8)
			found(sites, object->bias + *(const uintptr_t *)at);
	}
}

/* Pointers that the loader is about to relocate, in the form RELA. Those in the old form RELR stand in the data themselves. */
static void search_relocations(struct sites *sites, const Elf64_Sym *symbols, size_t count)
{
	const struct object *object = sites->object;
	const Elf64_Rela *rela;
	uintptr_t table;
	uint64_t size, i;

	if (!object_pointer(object, DT_RELA, &table) || !object_dynamic(object, DT_RELASZ, &size))
		return;
	if (table % sizeof(uint64_t) != 0 || !object_holds(object, table, size))
		return;
	rela = (const Elf64_Rela *)table;
	for (i = 0; i < size / sizeof(*rela); i++) {
		uint64_t symbol = ELF64_R_SYM(rela[i].r_info);
		uintptr_t address = object->bias + (uintptr_t)rela[i].r_addend;

		if (symbol != 0 && symbol < count)
			address += symbols[symbol].st_value;
		found(sites, address);
	}
}

/* RELR: an even word is the address of a pointer, an odd one a bitmap of which of the 63 words after the last one are. */
static void search_packed_relocations(struct sites *sites)
{
	const struct object *object = sites->object;
	const uint64_t *relr;
	uintptr_t table, where = 0;
	uint64_t size, i;
	int n;

	if (!object_pointer(object, DT_RELR, &table) || !object_dynamic(object, DT_RELRSZ, &size))
		return;
	if (table % sizeof(uint64_t) != 0 || !object_holds(object, table, size))
		return;
	relr = (const uint64_t *)table;
	for (i = 0; i < size / sizeof(*relr); i++) {
		uint64_t map = 1;

		if (relr[i] & 1)
			map = relr[i] >> 1;
		else
			where = object->bias + relr[i];
		for (n = 0; n < (relr[i] & 1 ? 63 : 1); n++) {
			uintptr_t at = where + (uintptr_t)n * 8;

			if (map >> n & 1 && at % 8 == 0 && object_holds(object, at, 8))
				found(sites, object->bias + *(const uintptr_t *)at);
		}
		where += relr[i] & 1 ? 63 * 8 : 8;
	}
}

void targets_search(struct sites *sites)
{
	const struct object *object = sites->object;
	const Elf64_Sym *symbols = NULL;
	size_t count = object_symbols(object, &symbols);
	size_t i;

	for (i = 0; i < object->codes; i++) {
		search_far(sites, &object->code[i]);
		if (object->fixed)
			search_absolute(sites, &object->code[i]);
	}
	if (object->fixed)
		search_data(sites);
	for (i = 0; i < sites->count; i++)
		if (sites->list[i].verdict == SITE_GOOD)
			search_near(sites, &sites->list[i]);
	for (i = 0; i < count; i++)
		found(sites, object->bias + symbols[i].st_value);
	search_relocations(sites, symbols, count);
	search_packed_relocations(sites);
}

bool targets_table(struct sites *sites, struct flow *flow, uintptr_t table)
{
	uintptr_t at = table;
	int32_t distance;

	if (object_code(sites->object, table))
		return false;
	for (; object_holds(sites->object, at, sizeof(distance)); at += sizeof(distance)) {
		uintptr_t target;

		memcpy(&distance, (const void *)at, sizeof(distance));
		target = table + (uintptr_t)distance;
		if (!object_code(sites->object, target) || (at == table && !flow_sweeps(flow, target)))
			break;
		target_mark(sites, target);
		if (flow_sweeps(flow, target))
			flow_enter(flow, target);
	}
	return at != table;
}
