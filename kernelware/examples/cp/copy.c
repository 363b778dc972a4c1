/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copying a file's contents: see copy.h. A file with holes is copied segment by
 * segment, as SEEK_DATA and SEEK_HOLE tell them; what is no regular file, or of
 * unknown length, from beginning to end.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kw.h>

#include "copy.h"
#include "pages.h"

#define BUFFER (128 << 10)

static int failed(struct copy *copy, enum copy_side side, int error)
{
	copy->side = side;
	return error;
}

static int write_all(int fd, const char *bytes, size_t count, off_t pos, int seekable)
{
	while (count > 0) {
		ssize_t written = seekable ? pwrite(fd, bytes, count, pos) : write(fd, bytes, count);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? errno : EIO;
		bytes += written;
		count -= (size_t)written;
		pos += written;
	}
	return 0;
}

/* Bytes from *pos on, to `end` or the end of the file, by a buffer */
static int copy_plain(struct copy *copy, long long *pos, long long end, int seekable)
{
	static char *buffer;

	if (buffer == NULL)
		buffer = aligned_alloc(4096, BUFFER);
	if (buffer == NULL)
		return failed(copy, COPY_IN, ENOMEM);
	while (*pos < end) {
		size_t most = end - *pos < BUFFER ? (size_t)(end - *pos) : BUFFER;
		ssize_t got = seekable ? pread(copy->in, buffer, most, *pos) : read(copy->in, buffer, most);
		int error;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failed(copy, COPY_IN, errno);
		if (got == 0)
			break;
		error = write_all(copy->out, buffer, (size_t)got, *pos, seekable);
		if (error != 0)
			return failed(copy, COPY_OUT, error);
		*pos += got;
		if (copy->progress != NULL)
			copy->progress(copy, *pos);
	}
	return 0;
}

/* The same from page cache to page cache */
static int copy_pages(struct copy *copy, struct pages_copy *pages)
{
	for (;;) {
		kw_call(pages_copy, pages);
		if (pages->state == PAGES_READ || pages->state == PAGES_WRITE)
			return failed(copy, pages->state == PAGES_READ ? COPY_IN : COPY_OUT, -pages->error);
		if (copy->progress != NULL)
			copy->progress(copy, pages->pos);
		if (pages->state != PAGES_OK)
			return 0;
	}
}

/* Segments of data, from pages->pos on. A hole at the end is what out is made longer by. */
static int copy_segments(struct copy *copy, struct pages_copy *pages)
{
	struct stat status;
	int error = 0;

	while (error == 0) {
		/* Before it is asked for data: what is appended after that must not count as a hole. */
		int known = fstat(copy->in, &status) == 0;
		off_t data = known ? lseek(copy->in, pages->pos, SEEK_DATA) : -1;
		off_t hole = data >= 0 ? lseek(copy->in, data, SEEK_HOLE) : data;

		if (known && hole < 0 && errno == ENXIO)
			break;
		if (hole < 0)
			return failed(copy, COPY_IN, errno);
		pages->pos = data;
		pages->end = hole;
		if (copy->plain) {
			error = copy_plain(copy, &pages->pos, hole, 1);
		} else {
			pages->state = PAGES_OK;
			error = copy_pages(copy, pages);
		}
		/* It became shorter meanwhile: the next SEEK_DATA says so. */
		if (pages->pos < hole && error == 0)
			pages->pos = hole;
	}
	if (error != 0)
		return error;
	if (status.st_size > pages->pos || pages->pos == 0) {
		if (ftruncate(copy->out, status.st_size) != 0)
			return failed(copy, COPY_OUT, errno);
	}
	return 0;
}

/* Without the page cache: segments of what has them */
static int copy_otherwise(struct copy *copy)
{
	struct pages_copy pages = { .pos = 0 };
	struct stat in, out;

	copy->plain = 1;
	if (fstat(copy->in, &in) != 0)
		return failed(copy, COPY_IN, errno);
	if (fstat(copy->out, &out) != 0)
		return failed(copy, COPY_OUT, errno);
	/* A length of 0 is no length: files in /proc have contents. */
	if (S_ISREG(in.st_mode) && S_ISREG(out.st_mode) && in.st_size > 0 && in.st_blocks * 512ll < in.st_size &&
	    (lseek(copy->in, 0, SEEK_DATA) >= 0 || errno == ENXIO))
		return copy_segments(copy, &pages);
	return copy_plain(copy, &pages.pos, LLONG_MAX, 0);
}

int copy_file(struct copy *copy)
{
	struct pages_copy pages = { .out_fd = copy->out, .end = LLONG_MAX, .state = PAGES_BEGIN };
	int error;

	if (copy->plain || !kw_active())
		return copy_otherwise(copy);
	pages.in = pages_file(copy->in);
	pages.out = pages_file(copy->out);
	error = copy_pages(copy, &pages);
	if (error != 0 || pages.state == PAGES_AT_END)
		return error;
	return pages.state == PAGES_SPARSE ? copy_segments(copy, &pages) : copy_otherwise(copy);
}
