/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structs and unions that the program named, with the members it named, each
 * at its offset.
 *
 * Every member stands in a struct of its own, behind padding, and all of these
 * in one union: so members may overlap (those of the kernel's anonymous unions
 * do), and none moves another one.
 */
#include <string.h>

#include "header.h"

#define STRUCTS (BTF_MASK(BTF_KIND_STRUCT) | BTF_MASK(BTF_KIND_UNION))

/* More members than any struct has: an anonymous one may contain others many times over. */
#define FIELDS_LIMIT 20000

static struct field *field_of(struct header *header, const struct btf_type *type, const struct btf_member *member, uint64_t base)
{
	bool packed = BTF_INFO_KFLAG(type->info);
	uint32_t at = packed ? BTF_MEMBER_BIT_OFFSET(member->offset) : member->offset;
	uint32_t inner = btf_strip(header->btf, member->type);
	struct field *field = allocate(sizeof(*field));

	field->name = btf_name(header->btf, member->name_off);
	field->type = member->type;
	field->bits = packed ? BTF_MEMBER_BITFIELD_SIZE(member->offset) : 0;
	if (inner != 0 && btf_kind(header->btf->types[inner]) == BTF_KIND_INT) {
		const struct btf_type *integer = header->btf->types[inner];
		uint32_t data = *(const uint32_t *)(integer + 1);

		/* The older way: an integer with fewer bits than its bytes have */
		if (field->bits == 0 && (BTF_INT_BITS(data) != integer->size * 8 || BTF_INT_OFFSET(data) != 0))
			field->bits = BTF_INT_BITS(data) != 0 ? BTF_INT_BITS(data) : 1;
	}
	if (field->bits == 0 && at % 8 != 0)
		field->bits = 1;
	field->offset = base + at / 8;
	return field;
}

/* Members in their order, those of anonymous structs and unions among them; end: where the next one is hung */
static void collect(struct header *header, uint32_t id, uint64_t base, struct field ***end, unsigned int *count, unsigned int depth)
{
	const struct btf_type *type = header->btf->types[id];
	const struct btf_member *members = (const void *)(type + 1);

	for (unsigned int i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		struct field *field = field_of(header, type, &members[i], base);

		if (depth > BTF_DEPTH || ++*count > FIELDS_LIMIT)
			fail(&header->place, "a struct that contains itself, or too many others: the BTF is damaged; get it anew");
		if (field->name[0] == '\0') {
			uint32_t inner = btf_strip(header->btf, field->type);

			if (inner != 0 && (STRUCTS & BTF_MASK(btf_kind(header->btf->types[inner]))) != 0)
				collect(header, inner, field->offset, end, count, depth + 1);
			continue;
		}
		**end = field;
		*end = &field->next;
	}
}

static struct field *all_fields(struct header *header, uint32_t id)
{
	struct field *first = NULL;
	struct field **end = &first;
	unsigned int count = 0;

	collect(header, id, 0, &end, &count, 0);
	return first;
}

struct wanted *structs_wanted(struct header *header, const char *name)
{
	struct wanted *wanted = header->wanted;

	while (wanted != NULL && strcmp(wanted->name, name) != 0)
		wanted = wanted->next;
	return wanted;
}

static const struct field *field_find(const struct field *field, const char *name, size_t length)
{
	while (field != NULL && (strlen(field->name) != length || memcmp(field->name, name, length) != 0))
		field = field->next;
	return field;
}

/*
 * Two structs of one name are in the BTF when two parts of the kernel see it
 * differently. That does not matter as long as the members named are the same.
 */
static void require_same(struct header *header, const struct wanted *wanted, const struct field *field)
{
	uint32_t id = wanted->id;

	while ((id = btf_find(header->btf, id, STRUCTS, wanted->name)) != 0) {
		const struct field *other = field_find(all_fields(header, id), field->name, strlen(field->name));

		if (other != NULL && (other->offset != field->offset ||
				      btf_size(header->btf, other->type) != btf_size(header->btf, field->type)))
			fail(&header->place,
			     "the kernel has more than one struct %s, with member %s at offsets %llu and %llu: name another one",
			     wanted->name, field->name, (unsigned long long)field->offset, (unsigned long long)other->offset);
	}
}

static void want_field(struct header *header, struct wanted *wanted, const struct field *found)
{
	struct field **end = &wanted->fields;
	struct field *field;

	for (; *end != NULL; end = &(*end)->next) {
		if (strcmp((*end)->name, found->name) == 0)
			return;
	}
	require_same(header, wanted, found);
	field = allocate(sizeof(*field));
	*field = *found;
	field->next = NULL;
	*end = field;
}

static struct wanted *want(struct header *header, const char *name)
{
	struct wanted *wanted = structs_wanted(header, name);
	uint32_t id;

	if (wanted != NULL)
		return wanted;
	id = btf_find(header->btf, 0, STRUCTS, name);
	if (id == 0)
		fail(&header->place, "the kernel has no struct '%s'%s", name,
		     btf_find(header->btf, 0, BTF_MASK(BTF_KIND_FWD), name) != 0 ? " with known members (it is in a module, perhaps)" : "");
	wanted = allocate(sizeof(*wanted));
	wanted->name = name;
	wanted->place = header->place;
	wanted->id = id;
	wanted->next = header->wanted;
	header->wanted = wanted;
	return wanted;
}

/* MEMBER[.MEMBER]...: a member, and members of the struct that it is or points to */
static void want_path(struct header *header, struct wanted *wanted, const char *path)
{
	for (;;) {
		size_t length = strcspn(path, ".");
		const struct field *field = field_find(all_fields(header, wanted->id), path, length);
		const struct btf_type *type;
		uint32_t inner;

		if (field == NULL)
			fail(&header->place, "struct %s of this kernel has no member '%.*s'", wanted->name, (int)length, path);
		if (field->bits != 0)
			fail(&header->place,
			     "member %s of struct %s is a bit-field, which can't be named: read the word around it by its offset, %llu",
			     field->name, wanted->name, (unsigned long long)field->offset);
		want_field(header, wanted, field);
		if (path[length] == '\0')
			return;
		path += length + 1;
		inner = btf_strip(header->btf, field->type);
		if (inner != 0 && btf_kind(header->btf->types[inner]) == BTF_KIND_PTR)
			inner = btf_strip(header->btf, header->btf->types[inner]->type);
		if (inner == 0 || (STRUCTS & BTF_MASK(btf_kind(header->btf->types[inner]))) == 0)
			fail(&header->place, "member %s of struct %s is no struct, and points to none", field->name, wanted->name);
		type = header->btf->types[inner];
		if (btf_name(header->btf, type->name_off)[0] == '\0') {
			if (field_find(all_fields(header, inner), path, strcspn(path, ".")) == NULL)
				fail(&header->place, "member %s of struct %s has no member '%s'", field->name, wanted->name, path);
			return;		/* it is written with all its members */
		}
		wanted = want(header, btf_name(header->btf, type->name_off));
	}
}

void structs_want(struct header *header, const struct request *request)
{
	struct wanted *wanted = want(header, request->name);

	for (unsigned int i = 0; request->members[i] != NULL; i++)
		want_path(header, wanted, request->members[i]);
	if (request->members[0] == NULL) {
		for (const struct field *field = all_fields(header, wanted->id); field != NULL; field = field->next) {
			if (field->bits == 0)
				want_field(header, wanted, field);
		}
	}
}

/* A member as it is written, and its alignment. Structs that it contains are written ahead, so their alignment is known. */
static const char *written(struct header *header, const struct field *field, uint32_t size, uint32_t *own)
{
	const char *declared;

	if (!is_identifier(field->name))
		fail(&header->place, "the BTF has a member with the name '%.40s': it is damaged; get it anew", field->name);
	if (field->offset > size || btf_size(header->btf, field->type) > size - field->offset)
		fail(&header->place, "member %s is outside of its struct: the BTF is damaged; get it anew", field->name);
	declared = declaration(header, field->type, field->name);
	*own = alignment(header, field->type);
	return declared;
}

static const char *struct_body(struct header *header, uint32_t id, const struct field *fields, uint32_t *align)
{
	static const char packed[] = " __attribute__((packed))";
	uint32_t size = header->btf->types[id]->size;
	struct text body = { 0 };
	unsigned int number = 0;
	bool all_packed;

	*align = 1;
	for (const struct field *field = fields; field != NULL; field = field->next) {
		uint32_t own = 1;

		if (field->bits == 0)
			written(header, field, size, &own);
		if (own > *align && field->offset % own == 0)
			*align = own;
	}
	/* A size that the alignment does not divide would grow. */
	all_packed = size % *align != 0;
	if (all_packed)
		*align = 1;
	text_add(&body, "struct {\n\tunion {\n");
	for (const struct field *field = fields; field != NULL; field = field->next) {
		const char *declared;
		uint32_t own;

		if (field->bits != 0)
			continue;
		declared = written(header, field, size, &own);
		text_add(&body, "\t\tstruct { ");
		if (field->offset != 0)
			text_add(&body, "unsigned char __kw_%u[%llu]; ", number++, (unsigned long long)field->offset);
		text_add(&body, "%s; }%s;\n", declared, all_packed || field->offset % own != 0 ? packed : "");
	}
	text_add(&body, "\t\tunsigned char __kw_size[%u];\n\t}%s;\n}%s", size, all_packed ? packed : "", all_packed ? packed : "");
	return body.bytes;
}

struct anonymous {
	const char *body;
	uint32_t align;
};

const char *struct_anonymous(struct header *header, uint32_t id, uint32_t *align)
{
	struct anonymous *known;

	if (header->anonymous == NULL)
		header->anonymous = allocate(header->btf->count * sizeof(header->anonymous[0]));
	known = &header->anonymous[id];
	if (known->body == NULL)
		known->body = struct_body(header, id, all_fields(header, id), &known->align);
	*align = known->align;
	return known->body;
}

void structs_write(struct header *header, struct wanted *wanted)
{
	const char *keyword = "struct";
	const char *body;

	if (wanted->state != WANTED_NEW) {
		if (wanted->state == WANTED_BEGUN || wanted->state == WANTED_BROKEN)
			fail(&wanted->place, "struct %s can't be written: it has an error, or contains itself", wanted->name);
		return;
	}
	wanted->state = WANTED_BEGUN;
	if (btf_kind(header->btf->types[wanted->id]) == BTF_KIND_UNION)
		keyword = "union";
	if (!is_identifier(wanted->name))
		fail(&header->place, "the BTF has a struct with the name '%.40s': it is damaged; get it anew", wanted->name);
	body = struct_body(header, wanted->id, wanted->fields, &wanted->align);
	text_add(&header->structs, "%s %s%s;\n", keyword, wanted->name, strchr(body, ' '));
	for (const struct field *field = wanted->fields; field != NULL; field = field->next)
		text_add(&header->structs,
			 "__kw_assert(__builtin_offsetof(%s %s, %s) == %llu && sizeof(((%s %s *)0)->%s) == %llu, \"%s.%s\");\n",
			 keyword, wanted->name, field->name, (unsigned long long)field->offset, keyword, wanted->name, field->name,
			 (unsigned long long)btf_size(header->btf, field->type), wanted->name, field->name);
	text_add(&header->structs, "__kw_assert(sizeof(%s %s) == %u, \"%s\");\n\n", keyword, wanted->name,
		 header->btf->types[wanted->id]->size, wanted->name);
	wanted->state = WANTED_WRITTEN;
}
