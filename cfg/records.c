/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the records from an ELF64 object file, by libelf. The compiler may
 * put padding between them; each begins with RECORD_MAGIC at a multiple of 8.
 * The file was written by the compiler a moment ago, yet may be anything:
 * libelf checks its headers, and records are taken from inside the section.
 */
#include <gelf.h>
#include <string.h>

#include "files.h"
#include "memory.h"
#include "message.h"
#include "records.h"

#define RECORD_SIZE	32
#define VALUE_OFFSET	16

static Elf *elf;			/* open until the last record was read */
static const char *section;		/* contents, inside elf */
static size_t section_size;
static bool *relocated;			/* by 8-byte word of the section */
static size_t position;

static void cut_short(void) __attribute__((noreturn));
static void cut_short(void)
{
	fatal("the object file of the constants is cut short");
}

static void get_header(Elf_Scn *scn, GElf_Shdr *header)
{
	if (gelf_getshdr(scn, header) == NULL)
		cut_short();
}

static Elf_Data *get_data(Elf_Scn *scn)
{
	Elf_Data *data = elf_getdata(scn, NULL);

	if (data == NULL)
		cut_short();
	return data;
}

/* The section of that name; NULL if there is none. */
static Elf_Scn *find_section(const char *name)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		cut_short();
	while ((scn = elf_nextscn(elf, scn)) != NULL) {
		GElf_Shdr header;
		const char *found;

		get_header(scn, &header);
		found = elf_strptr(elf, names, header.sh_name);
		if (found != NULL && strcmp(found, name) == 0)
			break;
	}
	return scn;
}

static void mark_relocated(uint64_t offset)
{
	if (offset < section_size)
		relocated[offset / 8] = true;
}

static void read_relocations(Elf_Scn *scn, unsigned int type)
{
	Elf_Data *table = get_data(scn);
	GElf_Rela rela;
	GElf_Rel rel;

	if (type == SHT_RELA)
		for (int i = 0; gelf_getrela(table, i, &rela) != NULL; i++)
			mark_relocated(rela.r_offset);
	else
		for (int i = 0; gelf_getrel(table, i, &rel) != NULL; i++)
			mark_relocated(rel.r_offset);
}

static void open_elf(const char *path)
{
	size_t length;
	char *contents = files_read(path, &length);
	const char *ident;
	size_t sections;

	if (contents == NULL)
		fatal("cannot read '%s', which the compiler should have written", path);
	elf_version(EV_CURRENT);
	elf = elf_memory(contents, length);
	if (elf == NULL)
		cut_short();
	ident = elf_getident(elf, NULL);
	if (elf_kind(elf) != ELF_K_ELF || ident == NULL || ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB)
		fatal("the compiler does not write 64-bit little-endian ELF; give one for x86-64 by --cc");
	/* libelf takes a file that ends before its section headers for one without sections. */
	if (elf_getshdrnum(elf, &sections) != 0 || sections == 0)
		cut_short();
}

void records_open(const char *path)
{
	Elf_Scn *wanted;
	Elf_Scn *scn = NULL;
	Elf_Data *data;

	open_elf(path);
	position = 0;
	section_size = 0;
	wanted = find_section(RECORD_SECTION);
	if (wanted == NULL)
		return;			/* every expression failed, or none needed the compiler */
	data = get_data(wanted);
	if (data->d_buf == NULL)
		return;			/* the section is empty */
	section = data->d_buf;
	section_size = data->d_size;
	relocated = memory_get((section_size / 8 + 1) * sizeof(*relocated));
	while ((scn = elf_nextscn(elf, scn)) != NULL) {
		GElf_Shdr header;

		get_header(scn, &header);
		if ((header.sh_type == SHT_RELA || header.sh_type == SHT_REL) && header.sh_info == elf_ndxscn(wanted))
			read_relocations(scn, header.sh_type);
	}
}

bool records_next(struct record *record)
{
	for (; position + RECORD_SIZE <= section_size; position += 8) {
		uint64_t words[4];

		memcpy(words, section + position, sizeof(words));
		if (words[0] != RECORD_MAGIC)
			continue;
		record->index = words[1];
		record->value = words[2];
		record->type = words[3];
		record->relocated = relocated[(position + VALUE_OFFSET) / 8];
		position += RECORD_SIZE;
		return true;
	}
	elf_end(elf);
	elf = NULL;
	section_size = 0;
	return false;
}
