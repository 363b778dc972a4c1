/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacing the system calls of an object that is loaded, none of whose code
 * runs. Memory is never writable and executable at once: trampolines are
 * written, then made executable; the object's code is made writable, changed,
 * made executable again, as a whole.
 */
#pragma once

#include "emit.h"
#include "sites.h"

/* Memory near an object: trampolines, then their unwind table */
struct arena {
	uint8_t *start;
	size_t size;		/* 0: there is none */
};

/* A function to be replaced along with the system calls; original is set to what calls the old one. */
struct redirection {
	const char *symbol;
	uintptr_t replacement;
	uintptr_t *original;
};

enum patch_result {
	PATCH_DONE,		/* as many as possible are replaced */
	PATCH_NOTHING,		/* there is nothing to replace */
	PATCH_NO_TABLE,		/* the object has no unwind table that is understood */
	PATCH_RELOCATED,	/* the loader will write to its code */
	PATCH_NO_MEMORY,
	PATCH_DENIED,		/* the system permits no such change of code; error says how */
	PATCH_BROKEN,		/* and the code could not be made executable again: the program can't go on */
};

struct patch {
	enum patch_result result;
	int error;		/* errno, for PATCH_DENIED and PATCH_BROKEN */
	size_t verdicts[SITE_VERDICTS];
	size_t bytes;		/* as in struct sites */
	struct arena arena;
};

/*
 * Replace what can be replaced. path is the object's file, in case its code
 * must be mapped anew; link_map is what the loader calls it; redirection may
 * be NULL. Unless the result is PATCH_DONE, PATCH_DENIED or PATCH_BROKEN, nothing
 * has changed; PATCH_DENIED: some of the object may be replaced.
 */
void patch_object(struct patch *patch, const struct object *object, const struct gates *gates,
		  const struct redirection *redirection, const char *path, void *link_map);

/* The object goes away, none of its code runs any more: give back what belongs to it. */
void patch_forget(struct patch *patch);

/* In arena.c. Memory that can be written, from which 32-bit distances reach all of the object; false: there is none. */
bool arena_get(struct arena *arena, const struct object *object, size_t size);
/* Give back what is behind this many bytes. */
void arena_trim(struct arena *arena, size_t size);
void arena_free(struct arena *arena);
