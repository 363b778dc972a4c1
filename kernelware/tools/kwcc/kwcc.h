/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kwcc: the compiler's command line taken apart, and what is run for it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What an argument of the command line is to kwcc; all others are OPTION. */
enum role {
	OPTION,			/* and its value, if that is an argument of its own */
	SOURCE,			/* C or C++ that is yet to be preprocessed */
	INPUT,			/* another file or library */
	LANGUAGE,		/* -x LANGUAGE: of the inputs behind */
	OUTPUT,			/* -o FILE */
	STEP,			/* -c, -S, -E, -fsyntax-only */
	DEPENDENCIES,		/* -MD and the like */
	NOT_IN_SCAN,		/* changes the output of -E beyond use: -P, -dM, -C, ... */
};

struct argument {
	const char *text;
	enum role role;
	const char *language;	/* of a SOURCE or INPUT: by -x, else a null pointer */
	char *header;		/* of a SOURCE: what was made for it, or a null pointer */
};

enum step { LINK, COMPILE, ASSEMBLE, PREPROCESS, SYNTAX, RULES };

struct command {
	struct argument *arguments;
	size_t count;
	size_t sources, inputs;	/* inputs: sources among them */
	enum step step;
	bool shared, relocatable, standard_input;
	bool is_static;
	bool traps;		/* --traps */
	const char *output;
	const char *rules;	/* -MF, or a null pointer */
	bool writes_rules;	/* -MD, -MMD */
	const char *btf;
};

/* options.c: take the command line apart. Ends the program on wrong usage. */
void command_read(struct command *command, int argc, char **argv);

/* A list of arguments for a child; grows. */
struct list {
	const char **items;
	size_t count, room;
};
void list_add(struct list *list, const char *item);

/* run.c */
extern const char *compiler;
extern char *scratch;		/* directory for this run; made by scratch_make(), removed at the end */
extern char *standard_input;	/* the file in it that holds what came by "-", or a null pointer */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *path_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
void scratch_make(void);
_Noreturn void scratch_end(int status);
/* Run items[0], its output to the file `output` if that is no null pointer, its messages nowhere if `quiet`. The exit status. */
int run(struct list *list, const char *output, bool quiet);
_Noreturn void run_instead(struct list *list);
/* Copy standard input to a file in the scratch directory. */
void keep_standard_input(void);

/* source.c: make the header of each source that has requests; how many have. Status not 0: errors, already printed. */
size_t scan_sources(struct command *command, int *status);

/* depend.c: take the scratch directory's files out of the rules that the compiler wrote. */
void rules_clean(const struct command *command, const char *source);

/* Files beside the program: PREFIX/... */
extern char *prefix;
