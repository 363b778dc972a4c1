/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From tokens to statements: the syntax of the static API. The result is a
 * list in order of appearance and one list per kind; objects get their
 * numbers later (number.h).
 */
#pragma once

#include "api.h"
#include "lex.h"
#include "memory.h"

struct expression;

/* An element of a packet, or a number in front of one: C text. */
struct element {
	const char	*text;		/* tokens as written, white space as one blank; NULL: absent */
	struct place	place;
	struct expression *expression;	/* eval.h; NULL before it was looked at */
};

struct statement {
	struct statement *next;		/* of the same kind, in order of appearance */
	const struct api *api;
	struct place	place;
	bool		broken;		/* has syntax errors; counts as an object, but is not checked */
	const char	*name;		/* SHAPE_CREATE, SHAPE_TASK, SHAPE_OBJECT: symbolic ID, or NULL */
	unsigned long	number;		/* SHAPE_CREATE: the object's number, 0 until given out; others: as written */
	bool		explicit_number;
	struct place	id_place;
	struct element	number_element;	/* SHAPE_NUMBER */
	struct element	elements[ELEMENTS_MAX];
	const char	*header;	/* SHAPE_STRING: "x.h" or <x.h>, as after #include */
	struct statement *tex;		/* KIND_TSK: its DEF_TEX */
	struct statement *other;	/* KIND_EXP: the object; an object: its export */
	struct statement *next_use;	/* check.c: others of the same number */
};

struct config {
	struct statement *first[KIND_COUNT];
	struct statement **end[KIND_COUNT];
	unsigned int	count[KIND_COUNT];
	struct table	names;		/* symbolic ID -> its CRE_xxx */
	struct table	numbers;	/* "kind number" -> its CRE_xxx, of explicit numbers */
	struct statement **by_number[KIND_OBJECTS];	/* object n is element n - 1 */
};

/* Parse everything. Errors are reported and stepped over. */
void	parse(struct lexer *lexer, struct config *config);
