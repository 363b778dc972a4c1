/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unwinding from a trampoline: exceptions and cancellation of threads go
 * through the frame of a signal handler, and that signal may have come while
 * its thread was in a trampoline. Each trampoline gets an entry in an unwind
 * table that says of its frame: its caller is the very place in the object
 * that the row names, with the same registers and stack. From there on the
 * object's own table counts.
 *
 * Unwinders learn of tables from the C library, by _dl_find_object(), which the
 * auditor replaces by unwind_find_object().
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "emit.h"

/* How many bytes a table for these rows may take */
size_t unwind_size(size_t rows);

/*
 * Write the table (.eh_frame_hdr, .eh_frame) for rows in the order of their
 * addresses to a place within 2 GB of them, 8-aligned. Returns its size.
 */
size_t unwind_write(uint8_t *table, const struct row *rows, size_t count);

/*
 * Let unwinders know the table of [start, end), for an object of the loader's;
 * until unwind_forget(start). May be called while other threads unwind. False:
 * too many tables are known.
 */
bool unwind_know(uintptr_t start, uintptr_t end, const uint8_t *table, void *link_map);
void unwind_forget(uintptr_t start);

/* What takes the place of _dl_find_object(), and where the original is, to be set before that. */
struct dl_find_object;
int unwind_find_object(void *address, struct dl_find_object *result);
extern uintptr_t unwind_original;
