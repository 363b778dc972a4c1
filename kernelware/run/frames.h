/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where functions begin and end, by the unwind table (.eh_frame_hdr and
 * .eh_frame) that every compiler for x86-64 makes, stripped or not; and where
 * exceptions land in them (.gcc_except_table).
 */
#pragma once

#include "object.h"

struct frames {
	const struct object *object;
	uintptr_t header;		/* .eh_frame_hdr, from which the table's entries count */
	const int32_t (*table)[2];	/* function, its FDE; by functions */
	size_t count;
};

struct function {
	uintptr_t start;
	uintptr_t end;
	uintptr_t landing;		/* its language-specific data, 0 if it has none */
	size_t index;			/* in the table */
	bool signal;			/* returns from a signal; its start is a byte before it, for unwinders that look there */
};

/* False: the object has no unwind table, or one in a form that no linker makes. */
bool frames_open(struct frames *frames, const struct object *object);

/* The function that has this address; false: none is known. frames_at(): the one at a place in the table. They are in the object's code. */
bool frames_find(const struct frames *frames, uintptr_t address, struct function *function);
bool frames_at(const struct frames *frames, size_t index, struct function *function);

/*
 * Call visit with each place of the function to which an exception may bring
 * it. False: the data is in a form not known here, so there may be others.
 */
bool frames_landings(const struct frames *frames, const struct function *function,
		     void (*visit)(void *context, uintptr_t address), void *context);
