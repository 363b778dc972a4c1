/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that lives as long as a run, and tables from strings to pointers.
 * Nothing is freed one by one: memory_release() frees all of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Zeroed memory; ends the program with status 2 when there is none. */
void	*memory_get(size_t size);
/* A copy of length bytes of text, terminated. */
char	*memory_string(const char *text, size_t length);
/* A string as by printf. */
char	*memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* All memory handed out since the last call becomes invalid, tables too. */
void	memory_release(void);

/* A table from strings to pointers; all zero is an empty one. Keys are not copied. */
struct table {
	struct table_entry	*entries;
	size_t			size;	/* a power of 2, or 0 */
	size_t			used;
};

/* The pointer stored under key; NULL if there is none. */
void	*table_find(const struct table *table, const char *key);
/* Store value (not NULL) under a key that is not there yet. */
void	table_add(struct table *table, const char *key, void *value);

/* Text that grows; all zero is an empty one. */
struct buffer {
	char	*text;			/* terminated; NULL while nothing was added */
	size_t	length;
	size_t	size;
};

void	buffer_add(struct buffer *buffer, const char *text, size_t length);
