/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading BTF: see btf.h, and Documentation/bpf/btf.rst of Linux for the format.
 */
#include "btf.h"

#include <string.h>

#include "message.h"

#define KINDS (BTF_KIND_ENUM64 + 1)

/* Bytes behind struct btf_type: a fixed part, and one for each of its vlen parts */
static const struct {
	unsigned char fixed, each;
	bool refers;		/* `type`, not `size` */
} kinds[KINDS] = {
	[BTF_KIND_INT] = { 4, 0, false },
	[BTF_KIND_PTR] = { 0, 0, true },
	[BTF_KIND_ARRAY] = { sizeof(struct btf_array), 0, false },
	[BTF_KIND_STRUCT] = { 0, sizeof(struct btf_member), false },
	[BTF_KIND_UNION] = { 0, sizeof(struct btf_member), false },
	[BTF_KIND_ENUM] = { 0, sizeof(struct btf_enum), false },
	[BTF_KIND_FWD] = { 0, 0, false },
	[BTF_KIND_TYPEDEF] = { 0, 0, true },
	[BTF_KIND_VOLATILE] = { 0, 0, true },
	[BTF_KIND_CONST] = { 0, 0, true },
	[BTF_KIND_RESTRICT] = { 0, 0, true },
	[BTF_KIND_FUNC] = { 0, 0, true },	/* its vlen is its linkage */
	[BTF_KIND_FUNC_PROTO] = { 0, sizeof(struct btf_param), true },
	[BTF_KIND_VAR] = { sizeof(struct btf_var), 0, true },
	[BTF_KIND_DATASEC] = { 0, sizeof(struct btf_var_secinfo), false },
	[BTF_KIND_FLOAT] = { 0, 0, false },
	[BTF_KIND_DECL_TAG] = { 4, 0, true },
	[BTF_KIND_TYPE_TAG] = { 0, 0, true },
	[BTF_KIND_ENUM64] = { 0, 12, false },
};

static size_t size_of_record(const struct btf_type *type)
{
	return sizeof(*type) + kinds[btf_kind(type)].fixed + (size_t)kinds[btf_kind(type)].each * BTF_INFO_VLEN(type->info);
}

/* Counts the records, and with btf->types notes where they are. */
static uint32_t walk(struct btf *btf, const unsigned char *at, size_t size, const char *name)
{
	uint32_t count = 1;

	while (size != 0) {
		const struct btf_type *type = (const void *)at;

		if (size < sizeof(*type))
			fail(NULL, "%s: type %u of the BTF is cut off; get the file anew", name, count);
		if (btf_kind(type) == 0 || btf_kind(type) >= KINDS)
			fail(NULL, "%s: type %u of the BTF is of kind %u, which this program does not know", name, count, btf_kind(type));
		if (size_of_record(type) > size)
			fail(NULL, "%s: type %u of the BTF is cut off; get the file anew", name, count);
		if (btf->types != NULL)
			btf->types[count] = type;
		count++;
		at += size_of_record(type);
		size -= size_of_record(type);
	}
	return count;
}

static bool is_name(const struct btf *btf, uint32_t offset)
{
	return offset < btf->strings_size;
}

/* The parts behind a type all begin with a name, or all begin with a type. */
static bool parts_are_sound(const struct btf *btf, const struct btf_type *type)
{
	unsigned int count = BTF_INFO_VLEN(type->info);
	const struct btf_array *array = (const void *)(type + 1);
	const struct btf_member *members = (const void *)(type + 1);
	const struct btf_param *parameters = (const void *)(type + 1);
	const struct btf_var_secinfo *variables = (const void *)(type + 1);
	const struct btf_enum *values = (const void *)(type + 1);
	const struct btf_enum64 *wide = (const void *)(type + 1);

	switch (btf_kind(type)) {
	case BTF_KIND_ARRAY:
		return array->type < btf->count;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (unsigned int i = 0; i < count; i++) {
			if (!is_name(btf, members[i].name_off) || members[i].type >= btf->count)
				return false;
		}
		return true;
	case BTF_KIND_FUNC_PROTO:
		for (unsigned int i = 0; i < count; i++) {
			if (!is_name(btf, parameters[i].name_off) || parameters[i].type >= btf->count)
				return false;
		}
		return true;
	case BTF_KIND_ENUM:
		for (unsigned int i = 0; i < count; i++) {
			if (!is_name(btf, values[i].name_off))
				return false;
		}
		return true;
	case BTF_KIND_ENUM64:
		for (unsigned int i = 0; i < count; i++) {
			if (!is_name(btf, wide[i].name_off))
				return false;
		}
		return true;
	case BTF_KIND_DATASEC:
		for (unsigned int i = 0; i < count; i++) {
			if (variables[i].type >= btf->count)
				return false;
		}
		return true;
	case BTF_KIND_FUNC:
		return type->type != 0 && btf_kind(btf->types[type->type]) == BTF_KIND_FUNC_PROTO;
	default:
		return true;
	}
}

void btf_open(struct btf *btf, const void *data, size_t size, const char *name)
{
	const struct btf_header *header = data;
	const unsigned char *bytes = data;
	size_t rest;

	if (size < sizeof(*header))
		fail(NULL, "%s: the BTF is cut off: %zu bytes; get the file anew", name, size);
	if (header->magic == 0x9feb)
		fail(NULL, "%s: the BTF is of a machine with the other byte order; give that of an x86-64 kernel", name);
	if (header->magic != BTF_MAGIC || header->version != BTF_VERSION)
		fail(NULL, "%s: this is no BTF of version %d; give a kernel's, such as /sys/kernel/btf/vmlinux", name, BTF_VERSION);
	if (header->hdr_len < sizeof(*header) || header->hdr_len > size || header->hdr_len % 4 != 0 || header->type_off % 4 != 0)
		fail(NULL, "%s: the header of the BTF is damaged; get the file anew", name);
	rest = size - header->hdr_len;
	if (header->type_off > rest || header->type_len > rest - header->type_off ||
	    header->str_off > rest || header->str_len > rest - header->str_off)
		fail(NULL, "%s: the BTF is cut off: its header tells of more than %zu bytes; get the file anew", name, size);
	btf->strings = (const char *)bytes + header->hdr_len + header->str_off;
	btf->strings_size = header->str_len;
	if (header->str_len == 0 || btf->strings[0] != '\0' || btf->strings[header->str_len - 1] != '\0')
		fail(NULL, "%s: the strings of the BTF are damaged; get the file anew", name);
	bytes += header->hdr_len + header->type_off;
	btf->types = NULL;
	btf->count = walk(btf, bytes, header->type_len, name);
	btf->types = allocate(btf->count * sizeof(btf->types[0]));
	walk(btf, bytes, header->type_len, name);
	for (uint32_t id = 1; id < btf->count; id++) {
		const struct btf_type *type = btf->types[id];

		if (!is_name(btf, type->name_off) || (kinds[btf_kind(type)].refers && type->type >= btf->count) ||
		    !parts_are_sound(btf, type))
			fail(NULL, "%s: type %u of the BTF is damaged; get the file anew", name, id);
	}
}

const char *btf_name(const struct btf *btf, uint32_t offset)
{
	return btf->strings + offset;
}

uint32_t btf_find(const struct btf *btf, uint32_t after, unsigned int mask, const char *name)
{
	for (uint32_t id = after + 1; id < btf->count; id++) {
		if ((mask & BTF_MASK(btf_kind(btf->types[id]))) != 0 && strcmp(btf_name(btf, btf->types[id]->name_off), name) == 0)
			return id;
	}
	return 0;
}

uint32_t btf_strip(const struct btf *btf, uint32_t id)
{
	for (unsigned int i = 0; i < BTF_DEPTH; i++) {
		if (id == 0)
			return 0;
		switch (btf_kind(btf->types[id])) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = btf->types[id]->type;
			break;
		default:
			return id;
		}
	}
	fail(NULL, "type %u of the BTF is a type of itself; get the BTF anew", id);
}

uint64_t btf_size(const struct btf *btf, uint32_t id)
{
	uint64_t times = 1;

	for (unsigned int i = 0; i < BTF_DEPTH; i++) {
		const struct btf_type *type;
		const struct btf_array *array;

		id = btf_strip(btf, id);
		if (id == 0)
			break;
		type = btf->types[id];
		array = (const void *)(type + 1);
		switch (btf_kind(type)) {
		case BTF_KIND_PTR:
			return times * sizeof(void *);
		case BTF_KIND_ARRAY:
			if (array->nelems != 0 && times > UINT32_MAX / array->nelems)
				fail(NULL, "type %u of the BTF has more than 4 GB; get the BTF anew", id);
			times *= array->nelems;
			id = array->type;
			break;
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
		case BTF_KIND_FLOAT:
			return times * type->size;
		default:
			fail(NULL, "type %u of the BTF has no size where one is needed", id);
		}
	}
	fail(NULL, "type %u of the BTF has no size where one is needed", id);
}
