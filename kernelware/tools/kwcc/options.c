/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking the command line apart, as far as kwcc must: which arguments are
 * sources, which are values of options, what is to be made.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kwcc.h"

void list_add(struct list *list, const char *item)
{
	if (list->count + 2 > list->room) {
		list->room = 2 * list->room + 32;
		list->items = realloc(list->items, list->room * sizeof(list->items[0]));
		if (list->items == NULL)
			die("out of memory");
	}
	list->items[list->count++] = item;
	list->items[list->count] = NULL;
}

/* Options of gcc whose value may be an argument of its own */
static const char *const with_value[] = {
	"-o", "-x", "-I", "-L", "-l", "-D", "-U", "-A", "-B", "-T", "-u", "-z", "-G", "-h", "-R", "-V", "-b", "-MF", "-MT", "-MQ",
	"-include", "-imacros", "-isystem", "-iquote", "-idirafter", "-iprefix", "-iwithprefix", "-iwithprefixbefore", "-isysroot",
	"-imultilib", "-iplugindir", "-Xlinker", "-Xassembler", "-Xpreprocessor", "-aux-info", "-dumpbase", "-dumpbase-ext",
	"-dumpdir", "-wrapper", "-specs", "-e", "--entry", "--param", "--sysroot", "--btf", "-arch", "-target",
};

static bool is_among(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, list[i]) == 0)
			return true;
	}
	return false;
}
#define AMONG(text, ...) is_among(text, (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool is_source(const char *path, const char *language)
{
	const char *dot = strrchr(path, '.');

	if (language != NULL)
		return AMONG(language, "c", "c++");
	if (dot == NULL || strchr(dot, '/') != NULL)
		return false;
	return AMONG(dot, ".c", ".C", ".cc", ".cp", ".cpp", ".CPP", ".cxx", ".c++");
}

/* gcc's own way with @FILE: words, quotes, backslashes. A file that can't be read is an ordinary argument. */
static void expand(struct list *list, const char *argument, unsigned int depth);

static void expand_file(struct list *list, FILE *stream, unsigned int depth)
{
	char *word = NULL;
	size_t length = 0, room = 0;
	bool begun = false;
	int quote = 0, c;

	do {
		bool escaped = false;

		c = getc(stream);
		if (c == '\\') {
			c = getc(stream);
			escaped = true;
		}
		if (c == EOF || (!escaped && quote == 0 && isspace(c))) {
			if (begun) {
				word[length] = '\0';
				expand(list, word, depth);
			}
			word = NULL;
			length = room = 0;
			begun = false;
			continue;
		}
		begun = true;
		if (length + 2 > room) {
			room = 2 * room + 64;
			word = realloc(word, room);
			if (word == NULL)
				die("out of memory");
		}
		if (!escaped && quote == 0 && (c == '"' || c == '\''))
			quote = c;
		else if (!escaped && quote != 0 && c == quote)
			quote = 0;
		else
			word[length++] = (char)c;
	} while (c != EOF);
}

static void expand(struct list *list, const char *argument, unsigned int depth)
{
	FILE *stream;

	if (depth > 100)
		die("%s: files of options name each other in a circle", argument);
	stream = argument[0] == '@' ? fopen(argument + 1, "r") : NULL;
	if (stream == NULL) {
		list_add(list, argument);
		return;
	}
	expand_file(list, stream, depth + 1);
	fclose(stream);
}

static struct argument *add(struct command *command, const char *text, enum role role)
{
	struct argument *argument;

	command->arguments = realloc(command->arguments, (command->count + 1) * sizeof(*argument));
	if (command->arguments == NULL)
		die("out of memory");
	argument = &command->arguments[command->count++];
	*argument = (struct argument){ .text = text, .role = role };
	return argument;
}

/* What kwcc can't do, or does itself */
static void refuse(const char *option)
{
	if (AMONG(option, "-m32", "-mx32", "-m16"))
		die("%s: programs in kernel mode are x86-64; leave it out", option);
	if (AMONG(option, "-e", "--entry") || begins(option, "--entry=") || begins(option, "-Wl,-e,") || begins(option, "-Wl,--entry"))
		die("%s: the program begins at kwcc's own entry point, which goes on to _start; define _start instead (-nostartfiles)",
		    option);
}

static void set_step(struct command *command, enum step step)
{
	/* As gcc: of several the one that does least counts. */
	static const int order[] = { [LINK] = 0, [COMPILE] = 1, [ASSEMBLE] = 2, [SYNTAX] = 3, [PREPROCESS] = 4, [RULES] = 5 };

	if (order[step] > order[command->step])
		command->step = step;
}

static enum role role_of(struct command *command, const char *option)
{
	static const struct {
		const char *option;
		enum step step;
	} steps[] = {
		{ "-c", COMPILE }, { "-S", ASSEMBLE }, { "-E", PREPROCESS }, { "-fsyntax-only", SYNTAX }, { "-M", RULES }, { "-MM", RULES },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(option, steps[i].option) == 0) {
			set_step(command, steps[i].step);
			return STEP;
		}
	}
	if (AMONG(option, "-MD", "-MMD"))
		command->writes_rules = true;
	if (AMONG(option, "-MD", "-MMD", "-MP", "-MG"))
		return DEPENDENCIES;
	if (AMONG(option, "-P", "-C", "-CC", "-fdirectives-only", "-save-temps") || begins(option, "-d") || begins(option, "-save-temps="))
		return NOT_IN_SCAN;
	if (strcmp(option, "-shared") == 0)
		command->shared = true;
	if (AMONG(option, "-static", "-static-pie", "--static"))
		command->is_static = true;
	if (strcmp(option, "-r") == 0)
		command->relocatable = true;
	return OPTION;
}

/* An option and its value; `joined`: the value is in the same argument, behind it. */
static void add_value(struct command *command, const char *option, const char *value, const char *text, const char **language)
{
	enum role role = OPTION;

	if (strcmp(option, "-o") == 0) {
		command->output = value;
		role = OUTPUT;
	} else if (strcmp(option, "-x") == 0) {
		*language = strcmp(value, "none") != 0 ? value : NULL;
		role = LANGUAGE;
	} else if (AMONG(option, "-MF", "-MT", "-MQ")) {
		if (strcmp(option, "-MF") == 0)
			command->rules = value;
		role = DEPENDENCIES;
	}
	if (strcmp(option, "--btf") == 0) {
		command->btf = value;
		return;
	}
	add(command, text, role);
	if (text == option)
		add(command, value, role);
}

static void read_option(struct command *command, struct list *list, size_t *at, const char **language)
{
	static const char *const joinable[] = { "-o", "-x", "-MF", "-MT", "-MQ" };
	const char *text = list->items[*at];

	refuse(text);
	if (begins(text, "--btf=")) {
		command->btf = text + 6;
		return;
	}
	if (is_among(text, with_value, sizeof(with_value) / sizeof(with_value[0])) && *at + 1 < list->count) {
		add_value(command, text, list->items[++*at], text, language);
		return;
	}
	if (strcmp(text, "--traps") == 0) {
		command->traps = true;
		return;
	}
	if (strcmp(text, "--btf") == 0)
		die("--btf wants a file: an unpacked vmlinux, or a kernel's BTF");
	for (size_t i = 0; i < sizeof(joinable) / sizeof(joinable[0]); i++) {
		if (begins(text, joinable[i]) && text[strlen(joinable[i])] != '\0') {
			add_value(command, joinable[i], text + strlen(joinable[i]), text, language);
			return;
		}
	}
	/* Its place among the inputs matters to the linker, its role is that of one. */
	if (begins(text, "-l"))
		command->inputs++;
	add(command, text, role_of(command, text));
}

void command_read(struct command *command, int argc, char **argv)
{
	struct list list = { 0 };
	const char *language = NULL;

	command->btf = getenv("KWCC_BTF");
	for (int i = 1; i < argc; i++)
		expand(&list, argv[i], 0);
	for (size_t i = 0; i < list.count; i++) {
		const char *text = list.items[i];
		struct argument *argument;

		if (text[0] == '-' && text[1] != '\0') {
			read_option(command, &list, &i, &language);
			continue;
		}
		argument = add(command, text, is_source(text, language) ? SOURCE : INPUT);
		argument->language = language;
		command->inputs++;
		command->sources += argument->role == SOURCE;
		command->standard_input |= strcmp(text, "-") == 0;
	}
}
