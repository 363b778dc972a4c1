/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing the results. kernel_cfg.c defines exactly what kernel/config.h
 * declares, object by object in the order of their numbers; expressions stand
 * in it as in the .cfg, so that a reader finds them again.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "emit.h"
#include "eval.h"
#include "files.h"

/* Names in kernel/config.h */
static const struct {
	const char	*stem;		/* kernel_STEM_init, kernel_STEM, kernel_STEM_count, struct STEM_init */
	const char	*block;		/* the control block's struct */
} kinds[KIND_OBJECTS] = {
	[KIND_TSK] = { "task", "task" },
	[KIND_SEM] = { "sem", "semaphore" },
	[KIND_FLG] = { "flg", "eventflag" },
	[KIND_DTQ] = { "dtq", "dataqueue" },
	[KIND_MBX] = { "mbx", "mailbox" },
	[KIND_MTX] = { "mtx", "mutex" },
	[KIND_MPF] = { "mpf", "mempool" },
	[KIND_CYC] = { "cyc", "cyclic" },
	[KIND_ALM] = { "alm", "alarm" },
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void write_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', file);
		if ((unsigned char)*text < ' ')
			fprintf(file, "\\%03o", (unsigned char)*text);
		else
			fputc(*text, file);
	}
	fputc('"', file);
}

static void write_heading(FILE *file, const char *name, const char *source, const char *purpose)
{
	fprintf(file, "/*\n * %s: %s.\n * Written by unitron-cfg from %s; changes belong there.\n */\n", name, purpose,
		base_name(source));
}

/* ---- kernel_id.h -------------------------------------------------------- */

void emit_id_h(const struct config *config, const char *source)
{
	FILE *file = files_create("kernel_id.h");

	write_heading(file, "kernel_id.h", source, "numbers of the objects");
	fprintf(file, "#pragma once\n");
	for (enum kind kind = 0; kind < KIND_OBJECTS; kind++) {
		bool heading = false;

		for (unsigned int i = 0; i < config->count[kind]; i++) {
			const struct statement *s = config->by_number[kind][i];

			if (s == NULL || s->name == NULL)
				continue;
			if (!heading)
				fprintf(file, "\n/* %s */\n", s->api->name);
			heading = true;
			fprintf(file, "#define %s %lu\n", s->name, s->number);
		}
	}
	files_close(file, "kernel_id.h");
}

/* ---- areas -------------------------------------------------------------- */

static const char *area_name(const struct statement *s)
{
	if (s->name != NULL)
		return memory_format("kernel_cfg_%s_%s", kinds[s->api->kind].stem, s->name);
	return memory_format("kernel_cfg_%s_%lu", kinds[s->api->kind].stem, s->number);
}

/* Does the object use an area? */
static bool uses_area(const struct statement *s)
{
	switch (s->api->kind) {
	case KIND_DTQ:
		return check_value(s, "dtqcnt") > 0;
	case KIND_MBX:
		return (check_value(s, "mbxatr") & eval_limit("TA_MPRI")) != 0;
	default:
		return s->api->kind == KIND_MPF;
	}
}

static bool area_given(const struct element *area)
{
	return area->expression->address || area->expression->bits != 0;
}

/* The definitions of the areas that the .cfg leaves to us. */
static void write_areas(FILE *file, const struct config *config, enum kind kind)
{
	for (unsigned int i = 0; i < config->count[kind]; i++) {
		const struct statement *s = config->by_number[kind][i];

		if (!uses_area(s) || area_given(check_element(s, kind == KIND_DTQ ? "dtq" : kind == KIND_MBX ? "mprihd" : "mpf")))
			continue;
		if (kind == KIND_DTQ)
			fprintf(file, "static VP_INT %s[%s];\n", area_name(s), check_element(s, "dtqcnt")->text);
		else if (kind == KIND_MBX)
			fprintf(file, "static VP %s[TSZ_MPRIHD(%s) / sizeof(VP)];\n", area_name(s), check_element(s, "maxmpri")->text);
		else
			fprintf(file, "static _Alignas(16) VP %s[TSZ_MPF(%s, %s) / sizeof(VP)];\n", area_name(s),
				check_element(s, "blkcnt")->text, check_element(s, "blksz")->text);
	}
}

/* ---- tables of initial values ------------------------------------------- */

/* A function in its own type: FP is the type of every function in the specification's packets. */
static const char *function_text(enum role role, const struct element *element)
{
	if (element->expression->is_fp && role != ROLE_INTERRUPT)
		return memory_format("(void (*)(%s))(%s)", eval_parameters(role), element->text);
	return element->text;
}

static void write_member(FILE *file, const struct statement *s, const struct api_element *rule, const struct element *element)
{
	fprintf(file, ", .%s = ", rule->name);
	if (rule->role == ROLE_INFORMATION && element->expression->pointer)
		fprintf(file, "(VP_INT)(%s)", element->text);
	else if (rule->role == ROLE_AREA && !uses_area(s))
		fprintf(file, "NULL");
	else if (rule->role == ROLE_AREA && area_given(element))
		fprintf(file, "(VP)(%s)", element->text);
	else if (rule->role == ROLE_AREA)
		fprintf(file, "%s", area_name(s));
	else if (rule->role >= ROLE_FUNCTION)
		fprintf(file, "%s", function_text(rule->role, element));
	else
		fprintf(file, "%s", element->text);
}

/* All members that stand in the table, beginning with ", ". */
static void write_members(FILE *file, const struct statement *s)
{
	for (unsigned int i = 0; i < s->api->count; i++)
		if (s->api->elements[i].table)
			write_member(file, s, &s->api->elements[i], &s->elements[i]);
}

static void write_object(FILE *file, const struct statement *s)
{
	fprintf(file, "\t{ .name = ");
	write_string(file, s->name != NULL ? s->name : memory_format("%lu", s->number));
	write_members(file, s);
	if (s->tex != NULL)
		fprintf(file, ", .texrtn = %s", function_text(ROLE_TEX, check_element(s->tex, "texrtn")));
	fprintf(file, " },\n");
}

static void write_kind(FILE *file, const struct config *config, enum kind kind)
{
	const char *stem = kinds[kind].stem;
	unsigned int count = config->count[kind];

	fprintf(file, "\n/* %s */\n\n", api_of(kind)->plural);
	write_areas(file, config, kind);
	fprintf(file, "const struct %s_init kernel_%s_init[%u] = {\n", stem, stem, count > 0 ? count : 1);
	for (unsigned int i = 0; i < count; i++)
		write_object(file, config->by_number[kind][i]);
	if (count == 0)
		fprintf(file, "\t{ .name = NULL },\n");
	fprintf(file, "};\n");
	fprintf(file, "struct %s kernel_%s[%u];\n", kinds[kind].block, stem, count > 0 ? count : 1);
	fprintf(file, "const ID kernel_%s_count = %u;\n", stem, count);
}

/* Numbers of the TA_ACT tasks, in order of appearance. */
static void write_task_order(FILE *file, const struct config *config)
{
	unsigned int count = 0;

	fprintf(file, "const ID kernel_task_order[] = {\n");
	for (const struct statement *s = config->first[KIND_TSK]; s != NULL; s = s->next) {
		if ((check_value(s, "tskatr") & eval_limit("TA_ACT")) == 0)
			continue;
		fprintf(file, "\t%s,\n", s->name != NULL ? s->name : memory_format("%lu", s->number));
		count++;
	}
	if (count == 0)
		fprintf(file, "\t0,\n");
	fprintf(file, "};\nconst UINT kernel_task_order_count = %u;\n", count);
}

/* ---- interrupts, exceptions, initialisation ------------------------------ */

struct handler {
	int64_t		intno;
	unsigned int	order;
	const struct statement *statement;
};

static int compare_handlers(const void *left, const void *right)
{
	const struct handler *a = left;
	const struct handler *b = right;

	if (a->intno != b->intno)
		return a->intno < b->intno ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* A DEF_INH handler has no parameter; the table's functions have one. */
static const char *adapter_name(const struct handler *handler)
{
	return memory_format("kernel_cfg_inh_%" PRId64, handler->intno);
}

static void write_handler(FILE *file, const struct handler *handler)
{
	const struct statement *s = handler->statement;

	if (s->api->kind == KIND_INH) {
		fprintf(file, "\t{ .intno = %s, .exinf = 0, .isr = %s },\n", s->number_element.text, adapter_name(handler));
		return;
	}
	fprintf(file, "\t{ .intno = %s", check_element(s, "intno")->text);
	for (unsigned int i = 0; i < s->api->count; i++)
		if (s->api->elements[i].table && strcmp(s->api->elements[i].name, "intno") != 0)
			write_member(file, s, &s->api->elements[i], &s->elements[i]);
	fprintf(file, " },\n");
}

static void write_interrupts(FILE *file, const struct config *config)
{
	unsigned int count = 0;
	struct handler *handlers = memory_get((config->count[KIND_INH] + config->count[KIND_ISR] + 1) * sizeof(*handlers));

	fprintf(file, "\n/* interrupt handlers and service routines */\n\n");
	for (const struct statement *s = config->first[KIND_INH]; s != NULL; s = s->next, count++) {
		handlers[count] = (struct handler){ eval_signed(s->number_element.expression), count, s };
		fprintf(file, "static void %s(VP_INT exinf)\n{\n\t(void)exinf;\n\t(%s)();\n}\n\n", adapter_name(&handlers[count]),
			check_element(s, "inthdr")->text);
	}
	for (const struct statement *s = config->first[KIND_ISR]; s != NULL; s = s->next, count++)
		handlers[count] = (struct handler){ check_value(s, "intno"), count, s };
	qsort(handlers, count, sizeof(*handlers), compare_handlers);
	fprintf(file, "const struct isr_init kernel_isr_init[%u] = {\n", count > 0 ? count : 1);
	for (unsigned int i = 0; i < count; i++)
		write_handler(file, &handlers[i]);
	if (count == 0)
		fprintf(file, "\t{ .isr = NULL },\n");
	fprintf(file, "};\nconst UINT kernel_isr_count = %u;\n", count);
}

static void write_exceptions(FILE *file, const struct config *config)
{
	fprintf(file, "\n/* CPU exception handlers, by number */\n\n");
	fprintf(file, "void (*const kernel_exc_handler[TMAX_EXCNO + 1])(VP p_excinf) = {\n");
	for (const struct statement *s = config->first[KIND_EXC]; s != NULL; s = s->next)
		fprintf(file, "\t[%s] = %s,\n", s->number_element.text, function_text(ROLE_EXCEPTION, check_element(s, "exchdr")));
	if (config->count[KIND_EXC] == 0)
		fprintf(file, "\t[0] = NULL,\n");
	fprintf(file, "};\n");
}

static void write_initialisers(FILE *file, const struct config *config)
{
	unsigned int count = config->count[KIND_INI];

	fprintf(file, "\n/* initialisation routines */\n\nconst struct ini_init kernel_ini_init[%u] = {\n", count > 0 ? count : 1);
	for (const struct statement *s = config->first[KIND_INI]; s != NULL; s = s->next) {
		fprintf(file, "\t{ .exinf = %s%s%s", check_element(s, "exinf")->expression->pointer ? "(VP_INT)(" : "",
			check_element(s, "exinf")->text, check_element(s, "exinf")->expression->pointer ? ")" : "");
		fprintf(file, ", .inirtn = %s },\n", function_text(ROLE_TASK, check_element(s, "inirtn")));
	}
	if (count == 0)
		fprintf(file, "\t{ .inirtn = NULL },\n");
	fprintf(file, "};\nconst UINT kernel_ini_count = %u;\n", count);
}

/* ---- exported objects ---------------------------------------------------- */

/* For which of the kinds that can be exported: names in exchange/config.h */
static const struct {
	enum kind	kind;
	const char	*stem;		/* exchange_of_STEM */
	const char	*constant;
	const char	*ring;		/* macro for the bytes of a ring */
} exports[] = {
	{ KIND_DTQ, "dtq", "UNITRON_DATAQUEUE", "EXCHANGE_RING_DTQ" },
	{ KIND_MBX, "mbx", "UNITRON_MAILBOX", "EXCHANGE_RING_MBX" },
	{ KIND_FLG, "flg", "UNITRON_EVENTFLAG", NULL },
	{ KIND_SEM, "sem", "UNITRON_SEMAPHORE", "EXCHANGE_RING_SEM" },
};

#define EXPORTS	(sizeof(exports) / sizeof(exports[0]))

static size_t export_row(const struct statement *s)
{
	size_t i = 0;

	while (exports[i].kind != s->other->api->kind)
		i++;
	return i;
}

static void write_export_ring(FILE *file, const struct statement *s, const struct config *config)
{
	const char *ring = exports[export_row(s)].ring;

	if (ring == NULL)
		return;
	fprintf(file, "static _Alignas(64) char exchange_cfg_%s[%s(%s", s->name, ring, check_element(s, "ringcnt")->text);
	if (s->other->api->kind == KIND_MBX)
		fprintf(file, ", %s", check_element(config->by_number[KIND_MPF][check_value(s, "mpfid") - 1], "blksz")->text);
	fprintf(file, ")];\n");
}

/* By the number of an object its export, or NULL */
static void write_export_index(FILE *file, const struct config *config, size_t row)
{
	unsigned int count = config->count[exports[row].kind];
	unsigned int index = 0;

	fprintf(file, "struct exchange_object *const exchange_of_%s[%u] = {\n", exports[row].stem, count > 0 ? count : 1);
	for (const struct statement *s = config->first[KIND_EXP]; s != NULL; s = s->next, index++)
		if (s->other->api->kind == exports[row].kind)
			fprintf(file, "\t[%s - 1] = &exchange_object[%u],\n", s->name, index);
	fprintf(file, "};\n");
}

/* A ring's memory is the host's: processes map it. */
static void write_rings(FILE *file, const struct config *config)
{
	for (const struct statement *s = config->first[KIND_RNG]; s != NULL; s = s->next) {
		fprintf(file, "\t{ .name = ");
		write_string(file, s->name);
		fprintf(file, ", .exckind = UNITRON_RING, .excid = %s", s->name);
		write_members(file, s);
		fprintf(file, " },\n");
	}
}

static void write_ring_index(FILE *file, const struct config *config)
{
	unsigned int count = config->count[KIND_RNG];
	unsigned int index = config->count[KIND_EXP];

	fprintf(file, "struct exchange_object *const exchange_of_rng[%u] = {\n", count > 0 ? count : 1);
	for (const struct statement *s = config->first[KIND_RNG]; s != NULL; s = s->next, index++)
		fprintf(file, "\t[%s - 1] = &exchange_object[%u],\n", s->name, index);
	fprintf(file, "};\nconst ID exchange_rng_count = %u;\n", count);
}

static void write_exports(FILE *file, const struct config *config)
{
	unsigned int count = config->count[KIND_EXP] + config->count[KIND_RNG];

	if (count == 0)
		return;
	fprintf(file, "\n/* exported objects */\n\n#include <exchange/config.h>\n\n");
	for (const struct statement *s = config->first[KIND_EXP]; s != NULL; s = s->next)
		write_export_ring(file, s, config);
	fprintf(file, "const struct exchange_init exchange_init[%u] = {\n", count);
	for (const struct statement *s = config->first[KIND_EXP]; s != NULL; s = s->next) {
		size_t row = export_row(s);

		fprintf(file, "\t{ .name = ");
		write_string(file, s->name);
		fprintf(file, ", .exckind = %s, .excid = %s", exports[row].constant, s->name);
		write_members(file, s);
		if (exports[row].ring != NULL)
			fprintf(file, ", .excring = exchange_cfg_%s", s->name);
		fprintf(file, " },\n");
	}
	write_rings(file, config);
	fprintf(file, "};\nstruct exchange_object exchange_object[%u];\nconst UINT exchange_count = %u;\n", count, count);
	for (size_t row = 0; row < EXPORTS; row++)
		write_export_index(file, config, row);
	write_ring_index(file, config);
	fprintf(file, "const ID exchange_task_id = EXCHANGE;\n");
}

/* The application's name: the .cfg's without directory and ending. */
static const char *application(const char *source)
{
	const char *base = base_name(source);
	size_t length = strlen(base);

	if (length > 4 && strcmp(base + length - 4, ".cfg") == 0)
		length -= 4;
	return memory_string(base, length);
}

void emit_cfg_c(const struct config *config, const char *source)
{
	FILE *file = files_create("kernel_cfg.c");
	unsigned int events = config->count[KIND_TSK] + config->count[KIND_CYC] + config->count[KIND_ALM];

	write_heading(file, "kernel_cfg.c", source, "the objects of the application, as kernel/config.h wants them");
	fprintf(file, "#include <kernel/tables.h>\n\n");
	for (const struct statement *s = config->first[KIND_INCLUDE]; s != NULL; s = s->next)
		fprintf(file, "#include %s\n", s->header);
	fprintf(file, "#include \"kernel_id.h\"\n\nconst char kernel_application[] = ");
	write_string(file, application(source));
	fprintf(file, ";\n");
	for (enum kind kind = 0; kind < KIND_RNG; kind++) {
		write_kind(file, config, kind);
		if (kind == KIND_TSK)
			write_task_order(file, config);
	}
	write_interrupts(file, config);
	write_exceptions(file, config);
	write_initialisers(file, config);
	write_exports(file, config);
	fprintf(file, "\n/* time events */\n\nstruct timer_event *kernel_timer_heap[%u];\nconst UINT kernel_timer_heap_size = %u;\n",
		events > 0 ? events : 1, events);
	files_close(file, "kernel_cfg.c");
}
