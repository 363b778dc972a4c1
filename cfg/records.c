/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the records from an ELF64 object file. The compiler may put padding
 * between them; each begins with RECORD_MAGIC at a multiple of 8. The file was
 * written by the compiler a moment ago, yet every offset is checked.
 */
#include <elf.h>
#include <string.h>

#include "files.h"
#include "memory.h"
#include "message.h"
#include "records.h"

#define RECORD_SIZE	32
#define VALUE_OFFSET	16

static const char *contents;
static size_t length;
static Elf64_Shdr section;
static bool *relocated;			/* by 8-byte word of the section */
static size_t position;

static void get(void *to, uint64_t offset, size_t size)
{
	if (offset > length || length - offset < size)
		fatal("the object file of the constants is cut short");
	memcpy(to, contents + offset, size);
}

/* Header of section number i. */
static Elf64_Shdr section_header(const Elf64_Ehdr *header, unsigned int i)
{
	Elf64_Shdr result;

	get(&result, header->e_shoff + (uint64_t)i * sizeof(result), sizeof(result));
	return result;
}

/* The section of that name; 0 if there is none. */
static unsigned int find_section(const Elf64_Ehdr *header, unsigned int sections, const char *name)
{
	Elf64_Shdr first = section_header(header, 0);
	unsigned int names = header->e_shstrndx == SHN_XINDEX ? first.sh_link : header->e_shstrndx;
	Elf64_Shdr strings = section_header(header, names);
	size_t size = strlen(name) + 1;
	char found[32];

	for (unsigned int i = 1; i < sections; i++) {
		Elf64_Shdr candidate = section_header(header, i);
		uint64_t at = strings.sh_offset + candidate.sh_name;

		if (at > length || length - at < size)
			continue;
		get(found, at, size);
		if (memcmp(found, name, size) == 0)
			return i;
	}
	return 0;
}

static void read_relocations(const Elf64_Shdr *table)
{
	for (uint64_t at = 0; at + table->sh_entsize <= table->sh_size && table->sh_entsize > 0; at += table->sh_entsize) {
		uint64_t offset;

		get(&offset, table->sh_offset + at, sizeof(offset));
		if (offset < section.sh_size)
			relocated[offset / 8] = true;
	}
}

void records_open(const char *path)
{
	Elf64_Ehdr header;
	Elf64_Shdr first;
	unsigned int sections;
	unsigned int wanted;

	contents = files_read(path, &length);
	if (contents == NULL)
		fatal("cannot read '%s', which the compiler should have written", path);
	get(&header, 0, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_ident[EI_DATA] != ELFDATA2LSB)
		fatal("the compiler does not write 64-bit little-endian ELF; give one for x86-64 by --cc");
	first = section_header(&header, 0);
	sections = header.e_shnum > 0 ? header.e_shnum : (unsigned int)first.sh_size;
	wanted = find_section(&header, sections, RECORD_SECTION);
	position = 0;
	memset(&section, 0, sizeof(section));
	if (wanted == 0)
		return;			/* every expression failed, or none needed the compiler */
	section = section_header(&header, wanted);
	if (section.sh_offset > length || length - section.sh_offset < section.sh_size)
		fatal("the object file of the constants is cut short");
	relocated = memory_get((section.sh_size / 8 + 1) * sizeof(*relocated));
	for (unsigned int i = 1; i < sections; i++) {
		Elf64_Shdr candidate = section_header(&header, i);

		if ((candidate.sh_type == SHT_RELA || candidate.sh_type == SHT_REL) && candidate.sh_info == wanted)
			read_relocations(&candidate);
	}
}

bool records_next(struct record *record)
{
	for (; position + RECORD_SIZE <= section.sh_size; position += 8) {
		uint64_t words[4];

		get(words, section.sh_offset + position, sizeof(words));
		if (words[0] != RECORD_MAGIC)
			continue;
		record->index = words[1];
		record->value = words[2];
		record->type = words[3];
		record->relocated = relocated[(position + VALUE_OFFSET) / 8];
		position += RECORD_SIZE;
		return true;
	}
	return false;
}
