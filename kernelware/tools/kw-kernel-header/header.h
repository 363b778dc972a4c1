/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header that is made: its parts, and who writes them.
 */
#pragma once

#include "kernel.h"
#include "request.h"

/* A struct or union that the program named: what is wanted of it. */
struct wanted {
	struct wanted *next;
	const char *name;
	struct place place;
	uint32_t id;
	struct field *fields;
	enum { WANTED_NEW, WANTED_BEGUN, WANTED_WRITTEN, WANTED_BROKEN } state;
	uint32_t align;		/* of the struct as written; 1: packed */
};

struct header {
	const struct kernel *kernel;
	const struct btf *btf;
	struct wanted *wanted;
	struct forward *forwards;
	struct text forward;	/* struct NAME; */
	struct text structs;
	struct text names;	/* functions, variables */
	struct place place;	/* of the request at work */
	unsigned int depth;
	struct anonymous *anonymous;	/* by type: they may be asked for many times */
};

/* A member, its offset from the outermost struct */
struct field {
	struct field *next;
	const char *name;
	uint32_t type;
	uint32_t bits;		/* of a bit-field, else 0 */
	uint64_t offset;	/* bytes */
};

/* The whole header for these requests, or a null pointer if an error was reported. Empty without requests. */
const char *header_make(const struct kernel *kernel, const struct request *requests);

/* ctype.c: "TYPE inner", a declaration in C of `inner` as of this type. */
const char *declaration(struct header *header, uint32_t type, const char *inner);
/* "struct NAME" declared ahead, for pointers */
void forward_declare(struct header *header, const char *keyword, const char *name);
/* Alignment of a type as it is written */
uint32_t alignment(struct header *header, uint32_t type);

/* structs.c */
void structs_want(struct header *header, const struct request *request);
void structs_write(struct header *header, struct wanted *wanted);
struct wanted *structs_wanted(struct header *header, const char *name);
/* "struct { ...all members... }" of a struct without a name; *align is set. */
const char *struct_anonymous(struct header *header, uint32_t id, uint32_t *align);

/* names.c */
void function_write(struct header *header, const struct request *request);
void variable_write(struct header *header, const struct request *request);
void percpu_write(struct header *header, const struct request *request);
void constant_write(struct header *header, const struct request *request);
