/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What objects compiled by kwcc tell the start code, in two sections that the
 * linker collects. kw-kernel-header writes the records (as assembly), the start
 * code reads them before anything is relocated: so there are no pointers, and a
 * record leads to the next one by its size, a multiple of 8.
 */
#pragma once

#include <stdint.h>

/* Section kw_names: a kernel symbol that the program names. */
struct kw_name {
	uint64_t address;	/* 0, found at start; gate_call and the accessors of variables take it from here */
	uint32_t size;		/* bytes of this record, the name with its 0 included */
	uint16_t stack;		/* of a function: argument words on the stack */
	uint16_t kind;
	char name[];
};
enum kw_name_kind { KW_NAME_NONE, KW_NAME_FUNCTION, KW_NAME_VARIABLE, KW_NAME_PERCPU };

/* Section kw_kernel: the kernel whose types an object was compiled with. Offsets of another one may differ. */
struct kw_kernel {
	uint32_t kind;
	uint32_t id_size;	/* bytes of id */
	uint64_t hash;		/* kw_hash() of the BTF */
	uint8_t id[32];		/* GNU build ID */
	char release[80];	/* for messages: "6.1.0-56-amd64"; may be empty */
};
enum kw_kernel_kind { KW_KERNEL_NONE, KW_KERNEL_BUILD_ID, KW_KERNEL_HASH };

#define KW_HASH_START 0xcbf29ce484222325u

/* Goes on hashing; all but the last piece of the input are multiples of 8 bytes. */
static inline uint64_t kw_hash(uint64_t hash, const unsigned char *bytes, unsigned long size)
{
	for (unsigned long i = 0; i < size; i += 8) {
		uint64_t word = 0;

		for (unsigned int j = 0; j < 8 && i + j < size; j++)
			word |= (uint64_t)bytes[i + j] << (8 * j);
		hash = (hash ^ word) * 0x100000001b3u;
		hash ^= hash >> 29;
	}
	return hash;
}
