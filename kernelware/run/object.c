/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A loaded ELF object: its segments and its dynamic section. All is read from
 * memory: the file may be gone, and what is mapped is what runs.
 */
#include <string.h>

#include "object.h"

static bool add_segment(struct object *object, const Elf64_Phdr *segment)
{
	struct span span = { .start = object->bias + segment->p_vaddr };

	if (__builtin_add_overflow(span.start, segment->p_memsz, &span.end))
		return false;
	if (object->all.end == 0 || span.start < object->all.start)
		object->all.start = span.start;
	if (span.end > object->all.end)
		object->all.end = span.end;
	if ((segment->p_flags & (PF_X | PF_R)) != (PF_X | PF_R) || segment->p_filesz == 0)
		return true;
	if (segment->p_flags & PF_W || segment->p_filesz > segment->p_memsz || object->codes == OBJECT_CODES)
		return false;
	span.end = span.start + segment->p_filesz;
	object->code[object->codes++] = span;
	return true;
}

static void set_dynamic(struct object *object, const Elf64_Phdr *segment)
{
	uintptr_t address = object->bias + segment->p_vaddr;
	uint64_t flags;

	if (address % sizeof(uint64_t) != 0 || !object_holds(object, address, segment->p_memsz))
		return;
	object->dynamic = (const Elf64_Dyn *)address;
	while ((object->dynamics + 1) * sizeof(Elf64_Dyn) <= segment->p_memsz && object->dynamic[object->dynamics].d_tag != DT_NULL)
		object->dynamics++;
	object->text_relocations = object_dynamic(object, DT_TEXTREL, &flags) ||
		(object_dynamic(object, DT_FLAGS, &flags) && flags & DF_TEXTREL);
}

bool object_open(struct object *object, const char *name, uintptr_t bias, const Elf64_Phdr *phdr, unsigned int phnum)
{
	unsigned int i;

	*object = (struct object){ .name = name, .bias = bias, .phdr = phdr, .phnum = phnum, .fixed = bias == 0 };
	for (i = 0; i < phnum; i++)
		if (phdr[i].p_type == PT_LOAD && !add_segment(object, &phdr[i]))
			return false;
	for (i = 0; i < phnum; i++) {
		uintptr_t address = bias + phdr[i].p_vaddr;

		if (phdr[i].p_type == PT_DYNAMIC)
			set_dynamic(object, &phdr[i]);
		if (phdr[i].p_type == PT_GNU_EH_FRAME && object_holds(object, address, phdr[i].p_memsz))
			object->unwind = (struct span){ address, address + phdr[i].p_memsz };
	}
	return object->codes > 0;
}

bool object_holds(const struct object *object, uintptr_t address, size_t size)
{
	unsigned int i;

	for (i = 0; i < object->phnum; i++) {
		const Elf64_Phdr *segment = &object->phdr[i];
		uintptr_t start = object->bias + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && segment->p_flags & PF_R && address >= start &&
		    address - start <= segment->p_memsz && size <= segment->p_memsz - (address - start))
			return true;
	}
	return false;
}

const struct span *object_code(const struct object *object, uintptr_t address)
{
	unsigned int i;

	for (i = 0; i < object->codes; i++)
		if (address >= object->code[i].start && address < object->code[i].end)
			return &object->code[i];
	return NULL;
}

bool object_dynamic(const struct object *object, Elf64_Sxword tag, uint64_t *value)
{
	size_t i;

	for (i = 0; i < object->dynamics; i++) {
		if (object->dynamic[i].d_tag == tag) {
			*value = object->dynamic[i].d_un.d_val;
			return true;
		}
	}
	return false;
}

bool object_pointer(const struct object *object, Elf64_Sxword tag, uintptr_t *address)
{
	uint64_t value;

	if (!object_dynamic(object, tag, &value))
		return false;
	*address = object_holds(object, value, 1) ? value : object->bias + value;
	return true;
}

/* The table's size is nowhere: the last chain of the GNU hash table ends at its last entry. */
static size_t count_by_gnu_hash(const struct object *object, uintptr_t table)
{
	const uint32_t *header = (const uint32_t *)table;
	const uint32_t *buckets, *chain;
	uint32_t last = 0, i;

	if (table % sizeof(uint32_t) != 0 || !object_holds(object, table, 16))
		return 0;
	table += 16 + header[2] * (uint64_t)8;
	if (!object_holds(object, table, header[0] * (uint64_t)4))
		return 0;
	buckets = (const uint32_t *)table;
	chain = buckets + header[0];
	for (i = 0; i < header[0]; i++)
		if (buckets[i] > last)
			last = buckets[i];
	if (last < header[1])
		return header[1];
	for (;; last++) {
		if (!object_holds(object, (uintptr_t)&chain[last - header[1]], 4))
			return 0;
		if (chain[last - header[1]] & 1)
			return (size_t)last + 1;
	}
}

size_t object_symbols(const struct object *object, const Elf64_Sym **symbols)
{
	uintptr_t table, hash;
	size_t count = 0;

	if (!object_pointer(object, DT_SYMTAB, &table) || table % sizeof(uint64_t) != 0)
		return 0;
	if (object_pointer(object, DT_GNU_HASH, &hash))
		count = count_by_gnu_hash(object, hash);
	else if (object_pointer(object, DT_HASH, &hash) && hash % sizeof(uint32_t) == 0 && object_holds(object, hash, 8))
		count = ((const uint32_t *)hash)[1];
	*symbols = (const Elf64_Sym *)table;
	return object_holds(object, table, count * sizeof(Elf64_Sym)) ? count : 0;
}

uintptr_t object_symbol(const struct object *object, const char *name)
{
	const Elf64_Sym *symbols;
	size_t count = object_symbols(object, &symbols);
	size_t size = strlen(name) + 1;
	uintptr_t strings;
	size_t i;

	if (!object_pointer(object, DT_STRTAB, &strings))
		return 0;
	for (i = 0; i < count; i++)
		if (symbols[i].st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbols[i].st_info) == STT_FUNC &&
		    object_holds(object, strings + symbols[i].st_name, size) &&
		    memcmp((const char *)strings + symbols[i].st_name, name, size) == 0)
			return object->bias + symbols[i].st_value;
	return 0;
}
