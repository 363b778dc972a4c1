/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From page cache to page cache: the part of kw cp that runs in the kernel's
 * context (pages.c).
 */
#pragma once

struct pages_copy {
	struct file *in, *out;		/* pages_file() */
	int out_fd;			/* the descriptor of out */
	long long pos;			/* in both files; goes on with what was copied */
	long long end;			/* not beyond */
	enum pages_state { PAGES_BEGIN, PAGES_OK, PAGES_AT_END, PAGES_UNFIT, PAGES_SPARSE, PAGES_READ, PAGES_WRITE } state;
	int error;			/* -errno, of PAGES_READ and PAGES_WRITE */
};

/* The kernel's file of a descriptor; valid until the descriptor is closed. For programs of one thread, in kernel mode. */
struct file *pages_file(int fd);

/*
 * Copies one batch of pages, or the rest up to copy->end or the end of `in`.
 * Blocks. copy->state says how it went:
 *
 *	PAGES_OK	some bytes were copied, there may be more
 *	PAGES_AT_END	pos has reached the end of the file, or copy->end
 *	PAGES_READ, PAGES_WRITE	an error of this file: copy->error
 *
 * Called with PAGES_BEGIN it looks at the files first, and may copy nothing:
 *	PAGES_UNFIT	not two regular files, or one is not in the page cache
 *	PAGES_SPARSE	the file has holes: ask where, and set `end`
 *
 * Bytes below pos are in `out` whenever this returns, whatever happens then:
 * also when the process is killed. `out` was empty from pos on before.
 */
void pages_copy(struct pages_copy *copy);
