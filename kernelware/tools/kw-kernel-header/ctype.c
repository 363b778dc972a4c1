/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BTF types as C declarations that need nothing of the kernel's and clash with
 * nothing of the C library's: typedefs and enums become the integers they
 * stand for, pointers to structs need the struct's name only, a struct by
 * value that the program did not name becomes bytes.
 */
#include <string.h>

#include "header.h"

struct forward {
	struct forward *next;
	const char *name;
};

/* Types within types: deeper is a circle. */
static void enter(struct header *header)
{
	if (++header->depth > BTF_DEPTH)
		fail(&header->place, "a type that contains itself: the BTF is damaged; get it anew");
}

static const char *leave(struct header *header, const char *text)
{
	header->depth--;
	return text;
}

void forward_declare(struct header *header, const char *keyword, const char *name)
{
	struct forward *forward;

	if (!is_identifier(name))
		fail(&header->place, "the BTF has a %s with the name '%.40s': it is damaged; get it anew", keyword, name);
	for (forward = header->forwards; forward != NULL; forward = forward->next) {
		if (strcmp(forward->name, name) == 0)
			return;
	}
	forward = allocate(sizeof(*forward));
	forward->name = name;
	forward->next = header->forwards;
	header->forwards = forward;
	text_add(&header->forward, "%s %s;\n", keyword, name);
}

static const char *integer(struct header *header, const struct btf_type *type)
{
	uint32_t data = *(const uint32_t *)(type + 1);
	const char *name = btf_name(header->btf, type->name_off);
	bool is_signed = (BTF_INT_ENCODING(data) & BTF_INT_SIGNED) != 0;

	if ((BTF_INT_ENCODING(data) & BTF_INT_BOOL) != 0 && type->size == 1)
		return "__kw_bool";
	switch (type->size) {
	case 1:
		if (strcmp(name, "char") == 0)
			return "char";
		return is_signed ? "signed char" : "unsigned char";
	case 2:
		return is_signed ? "short" : "unsigned short";
	case 4:
		return is_signed ? "int" : "unsigned int";
	case 8:
		if (strstr(name, "long long") != NULL)
			return is_signed ? "long long" : "unsigned long long";
		return is_signed ? "long" : "unsigned long";
	case 16:
		return is_signed ? "__int128" : "unsigned __int128";
	default:
		fail(&header->place, "an integer of %u bytes: the BTF is damaged; get it anew", type->size);
	}
}

static const char *enumeration(struct header *header, const struct btf_type *type)
{
	const struct btf_enum *values = (const void *)(type + 1);
	bool is_signed = BTF_INFO_KFLAG(type->info);

	/* Older BTF does not say it. */
	for (unsigned int i = 0; btf_kind(type) == BTF_KIND_ENUM && i < BTF_INFO_VLEN(type->info); i++)
		is_signed |= values[i].val < 0;
	switch (type->size) {
	case 1:
		return is_signed ? "signed char" : "unsigned char";
	case 2:
		return is_signed ? "short" : "unsigned short";
	case 4:
		return is_signed ? "int" : "unsigned int";
	case 8:
		return is_signed ? "long" : "unsigned long";
	default:
		fail(&header->place, "an enum of %u bytes: the BTF is damaged; get it anew", type->size);
	}
}

static const char *floating(struct header *header, const struct btf_type *type)
{
	switch (type->size) {
	case 4:
		return "float";
	case 8:
		return "double";
	case 16:
		return "long double";
	default:
		fail(&header->place, "a floating-point type of %u bytes can't be written in C", type->size);
	}
}

static const char *keyword_of(const struct btf_type *type)
{
	if (btf_kind(type) == BTF_KIND_FWD)
		return BTF_INFO_KFLAG(type->info) ? "union" : "struct";
	return btf_kind(type) == BTF_KIND_UNION ? "union" : "struct";
}

/* A pointer: what it points to needs no size, so struct names will do. */
static const char *pointer(struct header *header, uint32_t target, const char *inner)
{
	const char *qualifiers = "";
	const struct btf_type *type;
	const char *name;

	for (unsigned int i = 0; target != 0; i++) {
		type = header->btf->types[target];
		if (i > BTF_DEPTH)
			fail(&header->place, "a type that contains itself: the BTF is damaged; get it anew");
		if (btf_kind(type) == BTF_KIND_CONST)
			qualifiers = strstr(qualifiers, "volatile") != NULL ? "const volatile " : "const ";
		else if (btf_kind(type) == BTF_KIND_VOLATILE)
			qualifiers = strstr(qualifiers, "const") != NULL ? "const volatile " : "volatile ";
		else if (btf_kind(type) != BTF_KIND_TYPEDEF && btf_kind(type) != BTF_KIND_RESTRICT && btf_kind(type) != BTF_KIND_TYPE_TAG)
			break;
		target = type->type;
	}
	if (target == 0)
		return format_of("%svoid *%s", qualifiers, inner);
	name = btf_name(header->btf, type->name_off);
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_FWD:
		if (name[0] == '\0')
			return format_of("%svoid *%s", qualifiers, inner);
		forward_declare(header, keyword_of(type), name);
		return format_of("%s%s %s *%s", qualifiers, keyword_of(type), name, inner);
	case BTF_KIND_PTR:
		/* Qualifiers of the inner pointer stand behind its star. */
		return declaration(header, target, format_of("%s*%s", qualifiers, inner));
	case BTF_KIND_ARRAY:
		return format_of("%s%s", qualifiers, declaration(header, target, format_of("(*%s)", inner)));
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT:
		return format_of("%s%s", qualifiers, declaration(header, target, format_of("*%s", inner)));
	default:
		/* A function: calling it needs more than a pointer; see kw_call(3). */
		return format_of("void *%s", inner);
	}
}

static const char *by_value(struct header *header, uint32_t id, const char *inner)
{
	const struct btf_type *type = header->btf->types[id];
	const char *name = btf_name(header->btf, type->name_off);
	struct wanted *wanted = name[0] != '\0' ? structs_wanted(header, name) : NULL;
	uint32_t align;

	if (name[0] == '\0')
		return format_of("%s %s", struct_anonymous(header, id, &align), inner);
	if (wanted != NULL && wanted->id == id) {
		structs_write(header, wanted);
		return format_of("%s %s %s", keyword_of(type), name, inner);
	}
	return format_of("struct { unsigned char __kw_%s[%u]; } %s", is_identifier(name) ? name : "bytes", type->size, inner);
}

/* Is it volatile, it or what its typedefs stand for? */
static bool is_volatile(const struct btf *btf, uint32_t id)
{
	for (unsigned int i = 0; i < BTF_DEPTH && id != 0 && id != btf_strip(btf, id); i++) {
		if (btf_kind(btf->types[id]) == BTF_KIND_VOLATILE)
			return true;
		id = btf->types[id]->type;
	}
	return false;
}

const char *declaration(struct header *header, uint32_t id, const char *inner)
{
	const struct btf_type *type;
	const struct btf_array *array;

	if (is_volatile(header->btf, id))
		inner = format_of("volatile %s", inner);
	id = btf_strip(header->btf, id);
	if (id == 0)
		return format_of("void %s", inner);
	enter(header);
	type = header->btf->types[id];
	array = (const void *)(type + 1);
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
		return leave(header, format_of("%s %s", integer(header, type), inner));
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return leave(header, format_of("%s %s", enumeration(header, type), inner));
	case BTF_KIND_FLOAT:
		return leave(header, format_of("%s %s", floating(header, type), inner));
	case BTF_KIND_PTR:
		return leave(header, pointer(header, type->type, inner));
	case BTF_KIND_ARRAY:
		return leave(header, declaration(header, array->type, format_of("%s[%u]", inner, array->nelems)));
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return leave(header, by_value(header, id, inner));
	default:
		fail(&header->place, "type %u of the BTF can't be written in C", id);
	}
}

uint32_t alignment(struct header *header, uint32_t id)
{
	const struct btf_type *type;
	const struct btf_array *array;
	struct wanted *wanted;
	uint32_t align = 1;

	id = btf_strip(header->btf, id);
	if (id == 0)
		return 1;
	enter(header);
	type = header->btf->types[id];
	array = (const void *)(type + 1);
	switch (btf_kind(type)) {
	case BTF_KIND_PTR:
		align = sizeof(void *);
		break;
	case BTF_KIND_ARRAY:
		align = alignment(header, array->type);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		wanted = structs_wanted(header, btf_name(header->btf, type->name_off));
		if (type->name_off != 0 && btf_name(header->btf, type->name_off)[0] != '\0')
			align = wanted != NULL && wanted->id == id && wanted->align != 0 ? wanted->align : 1;
		else
			struct_anonymous(header, id, &align);
		break;
	default:
		align = type->size;
		break;
	}
	header->depth--;
	return align;
}
