/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Putting the header together: structs first, those that others contain before
 * them, then functions and variables, then `current` and the kernel's identity.
 */
#include "header.h"

#include <string.h>

static const char begin[] =
	"#pragma GCC system_header\n"
	"#ifdef __cplusplus\n"
	"extern \"C\" {\n"
	"#define __kw_bool bool\n"
	"#define __kw_assert static_assert\n"
	"#else\n"
	"#define __kw_bool _Bool\n"
	"#define __kw_assert _Static_assert\n"
	"#endif\n"
	"struct __kw_name { unsigned long address; };\n"
	"unsigned long __kw_percpu(void) __attribute__((visibility(\"hidden\")));\n"
	"#define kw_direct(name) ((__typeof__(&(name)))__kw_function_##name.address)\n\n";

/* A macro would get in the way of C++'s library, which has members of this name. */
static const char current[] =
	"struct task_struct *__kw_current(void) __attribute__((visibility(\"hidden\")));\n"
	"#ifdef __cplusplus\n"
	"static struct __kw_current_task {\n"
	"\toperator struct task_struct *() const { return __kw_current(); }\n"
	"\tstruct task_struct *operator->() const { return __kw_current(); }\n"
	"} current __attribute__((unused));\n"
	"#else\n"
	"#define current (__kw_current())\n"
	"#endif\n";

/* Say which kernel the types are from; once a program for each kernel, by the group. */
static void write_identity(struct text *text, const struct kw_kernel *identity)
{
	struct text name = { 0 };

	text_add(&name, "__kw_kernel_%016llx", (unsigned long long)identity->hash);
	text_add(text, "__asm__(\".ifndef %s\\n.pushsection kw_kernel,\\\"aG\\\",@progbits,%s,comdat\\n\"\n", name.bytes, name.bytes);
	text_add(text, "\t\".balign 8\\n.weak %s\\n.hidden %s\\n%s:\\n\"\n", name.bytes, name.bytes, name.bytes);
	text_add(text, "\t\".long %u, %u\\n.quad 0x%016llx\\n", identity->kind, identity->id_size, (unsigned long long)identity->hash);
	for (unsigned int i = 0; i < identity->id_size; i++)
		text_add(text, "%s%u", i > 0 ? "," : ".byte ", identity->id[i]);
	text_add(text, "\\n.zero %zu\\n\"\n", sizeof(identity->id) - identity->id_size);
	text_add(text, "\t\".asciz \\\"%s\\\"\\n.zero %zu\\n.popsection\\n.endif\\n\");\n", identity->release,
		 sizeof(identity->release) - 1 - strlen(identity->release));
}

/* One request, or for a null pointer the struct `wanted`, inside an attempt */
static void work(struct header *header, const struct request *request, struct wanted *wanted)
{
	header->depth = 0;
	header->place = request != NULL ? request->place : wanted->place;
	if (ATTEMPT()) {
		if (request == NULL)
			structs_write(header, wanted);
		else if (request->kind == REQUEST_FUNCTION)
			function_write(header, request);
		else if (request->kind == REQUEST_STRUCT)
			structs_want(header, request);
		else if (request->kind == REQUEST_VARIABLE)
			variable_write(header, request);
		else if (request->kind == REQUEST_PERCPU)
			percpu_write(header, request);
		else
			constant_write(header, request);
	}
	attempt_end();
	for (wanted = header->wanted; wanted != NULL; wanted = wanted->next) {
		if (wanted->state == WANTED_BEGUN)
			wanted->state = WANTED_BROKEN;
	}
}

static int asked_before(const struct request *first, const struct request *request)
{
	for (; first != request; first = first->next) {
		if (first->kind != REQUEST_STRUCT && strcmp(first->alias, request->alias) == 0) {
			if (first->kind != request->kind || strcmp(first->name, request->name) != 0)
				report(&request->place, "'%s' is the name of something else by the #pragma kernel in line %u",
				       request->alias, first->place.line);
			return 1;
		}
	}
	return 0;
}

static const char *text_of(const struct text *text)
{
	return text->length != 0 ? text->bytes : "";
}

const char *header_make(const struct kernel *kernel, const struct request *requests)
{
	struct header header = { .kernel = kernel, .btf = &kernel->btf };
	struct text whole = { 0 };

	if (requests == NULL)
		return errors_taken() == 0 ? "" : NULL;
	for (const struct request *request = requests; request != NULL; request = request->next) {
		if (request->kind == REQUEST_STRUCT)
			work(&header, request, NULL);
	}
	for (struct wanted *wanted = header.wanted; wanted != NULL; wanted = wanted->next) {
		if (wanted->state == WANTED_NEW)
			work(&header, NULL, wanted);
	}
	for (const struct request *request = requests; request != NULL; request = request->next) {
		if (request->kind != REQUEST_STRUCT && !asked_before(requests, request))
			work(&header, request, NULL);
	}
	text_add(&whole, "/* Made by kw-kernel-header for kernel %s. */\n%s",
		 kernel->identity.release[0] != '\0' ? kernel->identity.release : "(of unknown release)", begin);
	text_add(&whole, "%s\n%s%s", text_of(&header.forward), text_of(&header.structs), text_of(&header.names));
	write_identity(&whole, &kernel->identity);
	text_add(&whole, "#ifdef __cplusplus\n}\n#endif\n");
	if (structs_wanted(&header, "task_struct") != NULL)
		text_add(&whole, "#ifdef __cplusplus\nextern \"C\"\n#endif\n%s", current);
	return errors_taken() == 0 ? whole.bytes : NULL;
}
