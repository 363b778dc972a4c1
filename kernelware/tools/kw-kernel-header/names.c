/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions, variables and constants: a declaration or a macro for C, and as
 * assembly the record by which the start code finds the symbol and, for a function, the
 * thunk that calls it (kernelware/lib/start). Records and thunks are in groups
 * that the linker keeps once, however many objects name the same symbol; with
 * -flto several sources may become one assembly, hence .ifndef.
 */
#include <string.h>

#include "header.h"

#include <linux/types.h>
#include <unitron/kernelware.h>

#define REGISTERS 6

static void record(struct header *header, const char *prefix, const char *name, unsigned int stack, enum kw_name_kind kind)
{
	size_t size = (sizeof(struct kw_name) + strlen(name) + 1 + 7) & ~(size_t)7;
	const char *symbol = format_of("__kw_%s_%s", prefix, name);
	struct text *text = &header->names;

	text_add(text, "__asm__(\".ifndef %s\\n.pushsection kw_names,\\\"awG\\\",@progbits,%s,comdat\\n\"\n", symbol, symbol);
	text_add(text, "\t\".balign 8\\n.weak %s\\n.hidden %s\\n.type %s, @object\\n\"\n", symbol, symbol, symbol);
	text_add(text, "\t\".size %s, %zu\\n%s:\\n.quad 0\\n.long %zu\\n.short %u, %d\\n\"\n", symbol, size, symbol, size, stack, (int)kind);
	text_add(text, "\t\".asciz \\\"%s\\\"\\n.balign 8\\n.popsection\\n.endif\\n\");\n", name);
}

static void thunk(struct header *header, const char *name)
{
	const char *symbol = format_of("__kw_call_%s", name);
	struct text *text = &header->names;

	text_add(text, "__asm__(\".ifndef %s\\n.pushsection .text.%s,\\\"axG\\\",@progbits,__kw_function_%s,comdat\\n\"\n", symbol, symbol, name);
	text_add(text, "\t\".weak %s\\n.hidden %s\\n.type %s, @function\\n%s:\\n\"\n", symbol, symbol, symbol, symbol);
	text_add(text, "\t\".cfi_startproc\\nendbr64\\nlea __kw_function_%s(%%rip), %%rax\\n\"\n", name);
	text_add(text, "\t\".hidden __kw_function\\njmp __kw_function\\n.cfi_endproc\\n\"\n");
	text_add(text, "\t\".size %s, . - %s\\n.popsection\\n.endif\\n\");\n", symbol, symbol);
}

/* What a kernel function takes and gives goes through general registers, 8 bytes each. */
static void require_scalar(struct header *header, uint32_t type, const char *function, const char *what)
{
	uint32_t id = btf_strip(header->btf, type);
	unsigned int kind;

	if (id == 0)
		return;
	kind = btf_kind(header->btf->types[id]);
	if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION)
		fail(&header->place, "function %s %s a struct by value, which kwcc does not support", function, what);
	if (kind == BTF_KIND_FLOAT)
		fail(&header->place, "function %s %s a floating-point number, which kwcc does not support", function, what);
	if (btf_size(header->btf, id) > 8)
		fail(&header->place, "function %s %s more than 8 bytes, which kwcc does not support", function, what);
}

/* "int _printk(const char *, ...)"; *stack: words of arguments on the stack */
static const char *prototype(struct header *header, const struct request *request, const struct btf_type *type, unsigned int *stack)
{
	const struct btf_param *parameters = (const void *)(type + 1);
	unsigned int count = BTF_INFO_VLEN(type->info);
	bool variadic = count > 0 && parameters[count - 1].type == 0;
	struct text list = { 0 };

	count -= variadic;
	if (count > REGISTERS + KW_STACK_ARGUMENTS)
		fail(&header->place, "function %s takes %u arguments; kwcc supports %d", request->name, count,
		     REGISTERS + KW_STACK_ARGUMENTS);
	*stack = variadic ? KW_STACK_ARGUMENTS : count > REGISTERS ? count - REGISTERS : 0;
	text_add(&list, "%s(", request->alias);
	for (unsigned int i = 0; i < count; i++) {
		if (parameters[i].type == 0)
			fail(&header->place, "the prototype of function %s is damaged; get the BTF anew", request->name);
		require_scalar(header, parameters[i].type, request->name, "takes");
		text_add(&list, "%s%s", i > 0 ? ", " : "", declaration(header, parameters[i].type, ""));
	}
	text_add(&list, "%s)", variadic && count > 0 ? ", ..." : variadic ? "..." : count == 0 ? "void" : "");
	require_scalar(header, type->type, request->name, "returns");
	return declaration(header, type->type, list.bytes);
}

/* Names that are near: macros of the kernel such as printk have one with underscores behind them. */
static const char *hint(const struct header *header, const char *name)
{
	static const char *const prefixes[] = { "_", "__", "___", "__x64_sys_", "ksys_", "do_" };

	for (unsigned int i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		const char *other = format_of("%s%s", prefixes[i], name);

		if (btf_find(header->btf, 0, BTF_MASK(BTF_KIND_FUNC), other) != 0)
			return format_of("; did you mean %s?", other);
	}
	while (name[0] == '_') {
		if (btf_find(header->btf, 0, BTF_MASK(BTF_KIND_FUNC), ++name) != 0)
			return format_of("; did you mean %s?", name);
	}
	return " (a macro or an inline function, perhaps)";
}

/* The record in C, for its address */
static void declare_record(struct header *header, const char *prefix, const struct request *request)
{
	text_add(&header->names, "extern struct __kw_name __kw_%s_%s __asm__(\"__kw_%s_%s\") __attribute__((visibility(\"hidden\")));\n",
		 prefix, request->alias, prefix, request->name);
}

void function_write(struct header *header, const struct request *request)
{
	const struct btf *btf = header->btf;
	uint32_t id = btf_find(btf, 0, BTF_MASK(BTF_KIND_FUNC), request->name);
	const char *made;
	unsigned int stack;

	if (id == 0)
		fail(&header->place, "the kernel's BTF has no function '%s'%s", request->name, hint(header, request->name));
	made = prototype(header, request, btf->types[btf->types[id]->type], &stack);
	while ((id = btf_find(btf, id, BTF_MASK(BTF_KIND_FUNC), request->name)) != 0) {
		if (strcmp(made, prototype(header, request, btf->types[btf->types[id]->type], &stack)) != 0)
			fail(&header->place, "the kernel has several functions '%s' with different arguments", request->name);
	}
	record(header, "function", request->name, stack, KW_NAME_FUNCTION);
	thunk(header, request->name);
	declare_record(header, "function", request);
	text_add(&header->names, "%s __asm__(\"__kw_call_%s\") __attribute__((visibility(\"hidden\")));\n", made, request->name);
}

void variable_write(struct header *header, const struct request *request)
{
	char *type = copy_of(request->type, strlen(request->type));

	/* Its struct may be known only later, or to nobody. */
	for (char *at = strtok(type, " \t*"); at != NULL; at = strtok(NULL, " \t*")) {
		if (strcmp(at, "struct") == 0 || strcmp(at, "union") == 0) {
			char *name = strtok(NULL, " \t*");

			if (name != NULL)
				forward_declare(header, at, name);
		}
	}
	record(header, "variable", request->name, 0, KW_NAME_VARIABLE);
	declare_record(header, "variable", request);
	text_add(&header->names, "#define %s (*(%s(*)%s)__kw_variable_%s.address)\n", request->alias, request->type, request->dimensions,
		 request->alias);
}

void percpu_write(struct header *header, const struct request *request)
{
	const struct btf *btf = header->btf;
	uint32_t id = btf_find(btf, 0, BTF_MASK(BTF_KIND_VAR), request->name);
	uint32_t section = btf_find(btf, 0, BTF_MASK(BTF_KIND_DATASEC), ".data..percpu");
	const struct btf_var_secinfo *variables;
	unsigned int i = 0;

	if (section == 0)
		fail(&header->place, "the kernel's BTF has no per-CPU variables");
	variables = (const void *)(btf->types[section] + 1);
	while (id != 0 && i < BTF_INFO_VLEN(btf->types[section]->info) && variables[i].type != id)
		i++;
	if (id == 0 || i == BTF_INFO_VLEN(btf->types[section]->info))
		fail(&header->place,
		     "the kernel's BTF has no per-CPU variable '%s'; of others it has no types: #pragma kernel variable TYPE %s",
		     request->name, request->name);
	text_add(&header->names, "typedef %s;\n", declaration(header, btf->types[id]->type, format_of("__kw_type_%s", request->alias)));
	record(header, "percpu", request->name, 0, KW_NAME_PERCPU);
	declare_record(header, "percpu", request);
	text_add(&header->names, "#define %s (*(__kw_type_%s *)(__kw_percpu() + __kw_percpu_%s.address))\n", request->alias, request->alias,
		 request->alias);
}

/* An enumerator's value in C; enums of 64 bits have it in two halves. */
static const char *value_of(const struct btf_type *type, unsigned int i)
{
	const struct btf_enum *value = (const struct btf_enum *)(type + 1) + i;
	const struct btf_enum64 *wide = (const struct btf_enum64 *)(type + 1) + i;
	bool is_signed = BTF_INFO_KFLAG(type->info);

	if (btf_kind(type) == BTF_KIND_ENUM)
		return is_signed || value->val >= 0 ? format_of("%d", value->val) :
						      format_of("%uu", (unsigned int)value->val);
	return format_of("(%s)0x%08x%08x", is_signed ? "long" : "unsigned long", wide->val_hi32, wide->val_lo32);
}

static const char *enumerator_name(const struct btf *btf, const struct btf_type *type, unsigned int i)
{
	if (btf_kind(type) == BTF_KIND_ENUM)
		return btf_name(btf, ((const struct btf_enum *)(type + 1))[i].name_off);
	return btf_name(btf, ((const struct btf_enum64 *)(type + 1))[i].name_off);
}

void constant_write(struct header *header, const struct request *request)
{
	const struct btf *btf = header->btf;
	const char *found = NULL;

	for (uint32_t id = 1; id < btf->count; id++) {
		const struct btf_type *type = btf->types[id];
		unsigned int kind = btf_kind(type);

		if (kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64)
			continue;
		for (unsigned int i = 0; i < BTF_INFO_VLEN(type->info); i++) {
			if (strcmp(enumerator_name(btf, type, i), request->name) != 0)
				continue;
			if (found != NULL && strcmp(found, value_of(type, i)) != 0)
				fail(&header->place, "the kernel has several constants '%s' with different values", request->name);
			found = value_of(type, i);
		}
	}
	if (found == NULL)
		fail(&header->place, "the kernel's BTF has no constant '%s'; it has those of enums, not macros", request->name);
	text_add(&header->names, "#define %s (%s)\n", request->alias, found);
}
