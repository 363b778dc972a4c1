/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evaluation. check.c, which is compiled but never run, has one line per
 * expression: a record in a section of its own that holds the value and what
 * is known of its type. The records are read from the object file; an error of
 * the compiler in line n is one of expression n. After errors the compilation
 * is repeated without the expressions at fault, so that one run reports all.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "files.h"
#include "records.h"

#define VALUES		"<unitron-cfg>"		/* the "file" of the expressions' lines */
#define FAILED_MAX	200	/* give up then: a compiler searches all names for one that is meant, at each undeclared name */

static const char *const function_parameters[ROLE_COUNT] = {
	[ROLE_TASK] = "VP_INT",
	[ROLE_TEX] = "TEXPTN, VP_INT",
	[ROLE_INTERRUPT] = "void",
	[ROLE_EXCEPTION] = "VP",
};

static struct table expressions;
static struct expression *first;
static struct expression **end = &first;
static unsigned int count;

const char *eval_parameters(enum role role)
{
	return function_parameters[role];
}

void eval_forget(void)
{
	expressions = (struct table){ 0 };
	first = NULL;
	end = &first;
	count = 0;
}

/* Small decimal numbers are most of a big .cfg and need no compiler. */
static bool plain_number(const char *text)
{
	size_t length = strspn(text, "0123456789");

	return text[length] == '\0' && length <= 9 && (text[0] != '0' || length == 1);
}

struct expression *eval_add(const char *text, enum role role)
{
	struct expression *expression;
	const char *key;

	if (role < ROLE_FUNCTION)
		role = ROLE_NUMBER;
	key = memory_format("%d %s", role, text);
	expression = table_find(&expressions, key);
	if (expression != NULL)
		return expression;
	expression = memory_get(sizeof(*expression));
	expression->text = text;
	expression->role = role;
	expression->index = ++count;
	if (role == ROLE_NUMBER && plain_number(text)) {
		expression->known = true;
		expression->integer = true;
		expression->bits = strtoul(text, NULL, 10);
	}
	*end = expression;
	end = &expression->next;
	table_add(&expressions, key, expression);
	return expression;
}

int64_t eval_signed(const struct expression *expression)
{
	if (expression->is_unsigned && expression->bits > INT64_MAX)
		return INT64_MAX;
	return (int64_t)expression->bits;
}

void eval_add_limit(const char *text)
{
	eval_add(text, ROLE_NUMBER)->limit = true;
}

int64_t eval_limit(const char *text)
{
	return eval_signed(eval_add(text, ROLE_NUMBER));
}

static void write_heading(FILE *file, const struct config *config)
{
	fprintf(file,
		"#include <itron/kernel.h>\n"
		"#include <unitron/ext.h>\n"
		"#include <unitron/exchange_app.h>\n");
	for (const struct statement *s = config->first[KIND_INCLUDE]; s != NULL; s = s->next) {
		if (s->header == NULL)
			continue;
		fprintf(file, "#line %u \"", s->place.line);
		for (const char *c = s->place.file; *c != '\0'; c++)
			fprintf(file, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
		fprintf(file, "\"\n#include %s\n", s->header);
	}
	fprintf(file,
		"#include \"kernel_id.h\"\n"
		"#define UNITRON_CFG_RECORD __attribute__((section(\"" RECORD_SECTION "\"), used, aligned(8)))\n"
		"struct unitron_cfg_value { UD magic, index, value, type; };\n");
	for (enum role role = ROLE_FUNCTION; role < ROLE_COUNT; role++)
		fprintf(file, "struct unitron_cfg_function_%d { UD magic, index; void (*value)(%s); UD type; };\n",
			role, function_parameters[role]);
	fprintf(file, "#line 1 \"" VALUES "\"\n");
}

/* One line; the type word is classify_type's answer and two flags of our own. */
static void write_expression(FILE *file, const struct expression *expression)
{
	const char *text = expression->text;
	unsigned int i = expression->index;

	if (expression->error != NULL || expression->known)
		fprintf(file, "\n");
	else if (expression->role < ROLE_FUNCTION)
		fprintf(file, "static struct unitron_cfg_value unitron_cfg_%u UNITRON_CFG_RECORD = { %#llx, %u, "
			"(unsigned long)(%s), (unsigned int)__builtin_classify_type(%s) | "
			"_Generic((%s), unsigned int: %u, unsigned long: %u, unsigned long long: %u, default: 0) };\n",
			i, RECORD_MAGIC, i, text, text, text, RECORD_UNSIGNED, RECORD_UNSIGNED, RECORD_UNSIGNED);
	else
		fprintf(file, "static struct unitron_cfg_function_%d unitron_cfg_%u UNITRON_CFG_RECORD = { %#llx, %u, "
			"__builtin_choose_expr(__builtin_types_compatible_p(__typeof__(%s), FP), (void (*)(%s))(%s), (%s)), "
			"__builtin_types_compatible_p(__typeof__(%s), FP) ? %u : 0 };\n",
			expression->role, i, RECORD_MAGIC, i, text, function_parameters[expression->role], text, text,
			text, RECORD_FP);
}

static void write_check(const struct config *config)
{
	FILE *file = files_create("check.c");

	write_heading(file, config);
	for (const struct expression *e = first; e != NULL; e = e->next)
		write_expression(file, e);
	files_close(file, "check.c");
}

/* The first word in quotes, if the text that follows it is as given. */
static const char *quoted_word(const char *text, char quote, const char *behind)
{
	const char *from = strchr(text, quote);
	const char *to = from != NULL ? strchr(from + 1, quote) : NULL;

	if (to == NULL || strncmp(to + 1, behind, strlen(behind)) != 0)
		return NULL;
	return memory_string(from + 1, (size_t)(to - from - 1));
}

/* Our words for what compilers say of an expression. */
static const char *explain(const struct expression *expression, const char *text)
{
	const char *undeclared = quoted_word(text, '\'', " undeclared");
	const char *option = strstr(text, " [-W");

	if (option != NULL)
		text = memory_string(text, (size_t)(option - text));
	if (undeclared == NULL && strncmp(text, "use of undeclared identifier", 28) == 0)
		undeclared = quoted_word(text, '\'', "");
	if (undeclared != NULL) {
		const char *meant = strstr(text, "did you mean '");

		meant = meant != NULL ? quoted_word(meant, '\'', "?") : NULL;
		if (meant != NULL && strncmp(meant, "unitron_cfg_", 12) != 0)
			return memory_format("'%s' is not declared; did you mean '%s'?", undeclared, meant);
		return memory_format("'%s' is not declared; name the header that declares it in INCLUDE", undeclared);
	}
	if (strncmp(text, "initializer element is not", 26) == 0)
		return "not a constant expression";
	if (expression->role >= ROLE_FUNCTION &&
	    (strstr(text, "incompatible") != NULL || strstr(text, "pointer from integer") != NULL ||
	     strstr(text, "integer to pointer") != NULL))
		return memory_format("not a function of type void (%s): %s", function_parameters[expression->role], text);
	return text;
}

/*
 * A compiler reports an undeclared name once: let all other expressions that
 * use it fail by the same words.
 */
static void spread_undeclared(const struct table *undeclared)
{
	for (struct expression *e = first; e != NULL; e = e->next) {
		const char *at = e->text;

		while (*at != '\0' && e->error == NULL && !e->known) {
			size_t length = strcspn(at, " !%&()*+,-./:;<=>?[]^{|}~\"'");

			if (length > 0)
				e->error = table_find(undeclared, memory_string(at, length));
			at += length + (at[length] != '\0');
		}
	}
}

/* One compilation's messages. */
struct reading {
	const struct config *config;
	struct expression **by_index;
	struct table	undeclared;	/* name -> message */
	unsigned int	failed;		/* expressions that have an error now and had none before */
	bool		headers_bad;
};

static void fail_expression(struct reading *reading, unsigned int line, const char *text)
{
	struct expression *expression = line >= 1 && line <= count ? reading->by_index[line] : NULL;
	const char *undeclared = quoted_word(text, '\'', " undeclared");

	if (expression == NULL || expression->error != NULL)
		return;
	expression->error = explain(expression, text);
	reading->failed++;
	if (undeclared != NULL && table_find(&reading->undeclared, undeclared) == NULL)
		table_add(&reading->undeclared, undeclared, (void *)(uintptr_t)expression->error);
}

/* An object's name that is a macro in the application's headers. */
static void check_redefined(const struct reading *reading, const struct diagnostic *diagnostic)
{
	const char *name = quoted_word(diagnostic->text, '"', " redefined");
	const struct statement *object;

	if (name == NULL)
		name = quoted_word(diagnostic->text, '\'', " macro redefined");
	object = name != NULL ? table_find(&reading->config->names, name) : NULL;
	if (object != NULL)
		error_at(object->id_place, "E_OBJ", "%s: the name '%s' is a macro of the headers already; choose another one",
			 object->api->name, name);					/* [CFG-15] */
}

/* An error outside of the expressions, in a header or in the search for it. */
static void fail_headers(struct reading *reading, const struct diagnostic *diagnostic)
{
	struct place place = { diagnostic->file, diagnostic->line, 0 };

	for (const struct statement *s = reading->config->first[KIND_INCLUDE]; s != NULL; s = s->next)
		if (s->place.line == place.line && strcmp(s->place.file, place.file) == 0)
			place.order = s->place.order;
	error_at(place, NULL, "%s", diagnostic->text);							/* [CFG-5] */
	reading->headers_bad = true;
}

/*
 * An error inside a macro of a header is reported at the macro's definition,
 * with a note at the line that used it: `pending` waits for that note.
 */
static void read_log(struct reading *reading, char *log, bool first_pass)
{
	struct diagnostic diagnostic, pending = { 0 };

	while (compiler_next(&log, &diagnostic)) {
		bool here = strcmp(diagnostic.file, VALUES) == 0;

		if (diagnostic.kind == DIAGNOSTIC_NOTE) {
			if (pending.text != NULL && here && strstr(diagnostic.text, "macro") != NULL) {
				fail_expression(reading, diagnostic.line, pending.text);
				pending.text = NULL;
			}
			continue;
		}
		if (pending.text != NULL) {
			fail_headers(reading, &pending);
			pending.text = NULL;
		}
		if (diagnostic.kind == DIAGNOSTIC_WARNING && first_pass)
			check_redefined(reading, &diagnostic);
		else if (diagnostic.kind == DIAGNOSTIC_ERROR && here)
			fail_expression(reading, diagnostic.line, diagnostic.text);
		else if (diagnostic.kind == DIAGNOSTIC_ERROR)
			pending = diagnostic;
	}
	if (pending.text != NULL)
		fail_headers(reading, &pending);
}

static void take_records(struct expression **by_index)
{
	struct record record;

	records_open(files_scratch("check.o"));
	while (records_next(&record)) {
		struct expression *e = record.index >= 1 && record.index <= count ? by_index[record.index] : NULL;

		if (e == NULL)
			fatal("'check.o' has a record of expression %lu, which there is not", (unsigned long)record.index);
		e->known = true;
		e->bits = record.value;
		e->address = record.relocated;
		e->is_unsigned = (record.type & RECORD_UNSIGNED) != 0;
		e->is_fp = e->role >= ROLE_FUNCTION && (record.type & RECORD_FP) != 0;
		e->integer = (record.type & RECORD_CLASS) >= 1 && (record.type & RECORD_CLASS) <= 4;
		e->pointer = (record.type & RECORD_CLASS) == 5;
	}
	for (const struct expression *e = first; e != NULL; e = e->next)
		if (!e->known && e->error == NULL)
			fatal("the compiler gave no value for '%s'", e->text);
}

/* Leave out everything but the limits; check_values says so. */
static void give_up(void)
{
	for (struct expression *e = first; e != NULL; e = e->next)
		if (!e->limit && !e->known && e->error == NULL)
			e->error = "";
}

bool eval_run(const struct compiler *compiler, const struct config *config)
{
	struct expression **by_index = memory_get((count + 1) * sizeof(struct expression *));
	unsigned int failed = 0;
	const char *arguments = memory_format("-fno-lto -fmax-errors=%d -Wno-error -Werror=incompatible-pointer-types -Werror=int-conversion "
					      "-Werror=overflow -Werror=shift-count-overflow -Werror=div-by-zero "
					      "-iquote %s -MMD -MF %s -MT check -c -o %s %s",
					      FAILED_MAX, compiler_quote(files_scratch("")), compiler_quote(files_scratch("check.d")),
					      compiler_quote(files_scratch("check.o")), compiler_quote(files_scratch("check.c")));

	for (struct expression *e = first; e != NULL; e = e->next)
		by_index[e->index] = e;
	for (;;) {
		struct reading reading = { .config = config, .by_index = by_index };
		char *log;
		bool done;

		write_check(config);
		done = compiler_run(compiler, arguments, "check.log", &log);
		read_log(&reading, log, failed == 0);
		if (done) {
			take_records(by_index);
			return true;
		}
		if (reading.headers_bad)
			return false;
		if (reading.failed == 0)
			fatal("the compiler '%s' failed on the constants of the .cfg:\n%s", compiler->command, log);
		spread_undeclared(&reading.undeclared);
		failed += reading.failed;
		if (failed >= FAILED_MAX)
			give_up();
	}
}
