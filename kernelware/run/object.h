/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A loaded ELF object as the patcher sees it: where it is mapped, what of it is
 * code, and what its dynamic section says. Nothing of an object is believed:
 * every read of a structure in it is preceded by object_holds().
 */
#pragma once

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OBJECT_CODES	4	/* executable segments that are looked at; ordinary objects have one */

struct span {
	uintptr_t start;
	uintptr_t end;		/* the first address behind it */
};

struct object {
	const char *name;
	uintptr_t bias;			/* what is added to the addresses in the file */
	const Elf64_Phdr *phdr;
	unsigned int phnum;
	bool fixed;			/* made for one address: pointers in it need no relocation */
	bool text_relocations;		/* the loader will write to its code */
	struct span all;
	struct span code[OBJECT_CODES];
	unsigned int codes;
	struct span unwind;		/* .eh_frame_hdr, empty if there is none */
	const Elf64_Dyn *dynamic;
	size_t dynamics;		/* entries, DT_NULL not counted */
};

/*
 * Fill in an object from its program headers, which must be readable; phnum
 * of them. What is mapped must be as the headers say. False: no such object
 * makes sense (segments overlap the end of the address space, none is code).
 */
bool object_open(struct object *object, const char *name, uintptr_t bias, const Elf64_Phdr *phdr, unsigned int phnum);

/* Are these bytes in a readable segment of the object? */
bool object_holds(const struct object *object, uintptr_t address, size_t size);

/* Its executable segment that has this address; NULL: none */
const struct span *object_code(const struct object *object, uintptr_t address);

/* The value of the first dynamic entry with this tag; false: there is none */
bool object_dynamic(const struct object *object, Elf64_Sxword tag, uint64_t *value);

/* As object_dynamic(), for a pointer: an address, whether the loader has relocated the entry or not yet */
bool object_pointer(const struct object *object, Elf64_Sxword tag, uintptr_t *address);

/* The address of a function that the object exports, 0 if there is none */
uintptr_t object_symbol(const struct object *object, const char *name);

/* How many entries its dynamic symbol table has, and where it is; 0 if that can't be told */
size_t object_symbols(const struct object *object, const Elf64_Sym **symbols);
