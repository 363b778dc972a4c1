/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BTF, the kernel's type information, checked as a whole before it is used:
 * afterwards every name is a string, every type a type that is there. What is
 * left to users is that types may refer to each other in circles.
 */
#pragma once

#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btf {
	const char *strings;
	uint32_t strings_size;
	const struct btf_type **types;	/* types[1] ... types[count - 1]; 0 is void */
	uint32_t count;
};

/* Check `size` bytes at `data`, aligned to 8; `name` is for messages. fail()s if they are no BTF. */
void btf_open(struct btf *btf, const void *data, size_t size, const char *name);

const char *btf_name(const struct btf *btf, uint32_t offset);
static inline unsigned int btf_kind(const struct btf_type *type)
{
	return BTF_INFO_KIND(type->info);
}

/*
 * The first type after `after` (0: from the start) of one of the kinds in this
 * mask that has this name; 0: none.
 */
uint32_t btf_find(const struct btf *btf, uint32_t after, unsigned int kinds, const char *name);
#define BTF_MASK(kind) (1u << (kind))

/* Past typedefs, qualifiers and tags; fail()s on a circle. */
uint32_t btf_strip(const struct btf *btf, uint32_t id);

/* Bytes of a type, by value. fail()s if it has no size. */
uint64_t btf_size(const struct btf *btf, uint32_t id);

/* Longest chain of types that is followed */
#define BTF_DEPTH 64
