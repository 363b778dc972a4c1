/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a preprocessed source asks for:
 *
 *	#pragma kernel function NAME [as ALIAS]...
 *	#pragma kernel struct NAME [MEMBER[.MEMBER]...]...	or union; no member: all
 *	#pragma kernel variable TYPE NAME[[N]]... [as ALIAS]
 *	#pragma kernel percpu NAME [as ALIAS]...
 *	#pragma kernel constant NAME [as ALIAS]...		an enumerator
 */
#pragma once

#include <stddef.h>

#include "message.h"

enum request_kind { REQUEST_FUNCTION, REQUEST_STRUCT, REQUEST_VARIABLE, REQUEST_PERCPU, REQUEST_CONSTANT };

struct request {
	struct request *next;
	enum request_kind kind;
	struct place place;
	const char *name;	/* the kernel's */
	const char *alias;	/* the program's: a C identifier */
	const char *type;	/* of a variable: what stands before the name */
	const char *dimensions;	/* and behind: "" or "[4]"... */
	const char **members;	/* of a struct; a null pointer ends them */
};

/* The requests of a text of `size` bytes, in their order; errors are reported. `name`: of the text, if it has no line markers. */
struct request *requests_read(const char *text, size_t size, const char *name);

/* 1: a C identifier */
int is_identifier(const char *name);
