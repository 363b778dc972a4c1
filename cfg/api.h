/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The static API as data: which calls there are, the elements of their
 * packets, what each element may be. Parsing, checking and writing go by
 * this table; docs/spec/static-api.md shows it to people.
 */
#pragma once

#include <stdbool.h>

enum kind {
	KIND_TSK, KIND_SEM, KIND_FLG, KIND_DTQ, KIND_MBX, KIND_MTX, KIND_MPF, KIND_CYC, KIND_ALM, KIND_RNG,
	KIND_OBJECTS,			/* the kinds before have numbers and CRE_xxx */
	KIND_TEX = KIND_OBJECTS, KIND_INH, KIND_ISR, KIND_EXC, KIND_INI, KIND_EXP, KIND_INCLUDE,
	KIND_COUNT,
};

/* What stands between the parentheses */
enum shape {
	SHAPE_CREATE,			/* new object, packet */
	SHAPE_TASK,			/* existing task, packet */
	SHAPE_OBJECT,			/* existing object by its name, packet */
	SHAPE_NUMBER,			/* number from a range, packet */
	SHAPE_PACKET,			/* packet */
	SHAPE_STRING,			/* string */
};

/* What an element of a packet is */
enum role {
	ROLE_ATTRIBUTE,			/* bits; `high` is the mask of those allowed */
	ROLE_NUMBER,			/* integer constant, low..high */
	ROLE_PATTERN,			/* 32 bits, signed or unsigned */
	ROLE_INFORMATION,		/* VP_INT: integer or address */
	ROLE_AREA,			/* address or NULL */
	ROLE_STACK,			/* NULL */
	/* addresses of functions, by type; `function_types` in eval.c */
	ROLE_FUNCTION,
	ROLE_TASK = ROLE_FUNCTION,	/* void (VP_INT): tasks and most handlers */
	ROLE_TEX,			/* void (TEXPTN, VP_INT) */
	ROLE_INTERRUPT,			/* void (void) */
	ROLE_EXCEPTION,			/* void (VP) */
	ROLE_COUNT,
};

#define ELEMENTS_MAX	6

struct api_element {
	const char	*name;		/* of the packet's member */
	enum role	role;
	const char	*low;		/* C expressions for the target's compiler */
	const char	*high;
	const char	*condition;	/* for messages: when the range counts, or why it is as it is */
	const char	*tag;		/* requirement, in docs/spec/static-api.md */
	bool		table;		/* a member of the same name is in kernel/config.h */
};

struct api {
	const char	*name;
	enum kind	kind;
	enum shape	shape;
	const char	*object;	/* for messages: what it makes */
	const char	*plural;
	struct api_element number;	/* SHAPE_NUMBER: the number in front of the packet */
	struct api_element elements[ELEMENTS_MAX];
	unsigned int	count;		/* of elements, set by api_find */
};

/* The static API of that name; NULL if there is none. */
const struct api *api_find(const char *name);
/* The one that makes objects of a kind. */
const struct api *api_of(enum kind kind);
/* Number index of the table, from 0; NULL behind the last. */
const struct api *api_number(unsigned int index);
/* Is it a member of one of the tables in kernel/config.h? */
bool	api_member(const char *name);
/* Is it a static API of the full specification that this kernel leaves out? */
bool	api_unsupported(const char *name);
