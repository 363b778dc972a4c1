/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contents of a file into another one: from page cache to page cache where
 * both are of the kind, else by read(2) and write(2).
 */
#pragma once

struct copy {
	int in, out;			/* open for reading at offset 0, and for writing; out is empty */
	/* Called now and then, if it is set: `done` bytes of the files are the same. */
	void (*progress)(struct copy *copy, long long done);
	void *data;			/* the caller's */
	enum copy_side { COPY_IN, COPY_OUT } side;	/* which file an error is of */
	int plain;			/* was, or must be, copied by read and write */
};

/*
 * Copies everything; holes stay holes. In kernel mode, by a program of one
 * thread; else by read and write. 0, or an errno and copy->side: what is in
 * `out` then is the beginning of `in`, without a gap. Signals are acted on in
 * between. The offsets of both descriptors are left anywhere.
 */
int copy_file(struct copy *copy);
