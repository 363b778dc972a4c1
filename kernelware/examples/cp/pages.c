/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From page cache to page cache: see pages.h. Runs in the kernel's context: no
 * signal comes in between, so what is taken here (references to folios, the
 * right to write) is given back here. No C library, no vector registers, no red
 * zone (Makefile); kernel functions are called directly.
 *
 * The pages are taken as read(2) takes them, and given to the file system as
 * splice(2) gives them: it does its own locking, journal and accounting. What
 * this saves is the detour through the program's memory or a pipe; and a batch
 * that makes the file longer is written last page first: the file system then
 * notes a new length once for all of its pages, not once for each.
 */
#include <stddef.h>

#include <kw.h>

#include "pages.h"

#pragma kernel struct task_struct files
#pragma kernel struct files_struct fdt
#pragma kernel struct fdtable fd
#pragma kernel struct file f_mapping f_op f_flags f_mode f_path f_ra
#pragma kernel struct file_operations write_iter write
#pragma kernel struct file_ra_state prev_pos
#pragma kernel struct path
#pragma kernel struct address_space host
#pragma kernel struct inode i_mode i_flags i_size i_blocks i_sb
#pragma kernel struct super_block s_magic
#pragma kernel struct folio flags index _refcount _folio_nr_pages
#pragma kernel struct page flags
#pragma kernel struct folio_batch nr folios
#pragma kernel struct bio_vec
#pragma kernel struct iov_iter count
#pragma kernel struct kiocb ki_filp ki_pos ki_flags
#pragma kernel constant PG_head PG_uptodate PG_hwpoison SGP_READ
#pragma kernel function filemap_get_pages filemap_get_read_batch shmem_get_folio
#pragma kernel function folio_unlock folio_mark_accessed __folio_put touch_atime
#pragma kernel function rw_verify_area mnt_want_write_file mnt_drop_write_file
#pragma kernel function iov_iter_bvec __kernel_write_iter do_sys_ftruncate

/* Linux's macros, which its type information has not */
#define KERNEL_READ		0
#define KERNEL_WRITE		1
#define KERNEL_O_NOATIME	01000000
#define KERNEL_O_DIRECT		040000
#define KERNEL_S_IFMT		00170000
#define KERNEL_S_IFREG		0100000
#define KERNEL_S_DAX		(1 << 13)
#define KERNEL_EIO		5
#define PAGE			4096ll
#define LONG			(32 * PAGE)

/* File systems whose files' contents are in the page cache, and nowhere newer */
#define MAGIC_EXT		0xEF53
#define MAGIC_TMPFS		0x01021994
#define MAGIC_BTRFS		0x9123683E
#define MAGIC_XFS		0x58465342
#define MAGIC_F2FS		0xF2F52010

#define PIECES			64

/* Consecutive bytes of `in`, from pos to end; a piece is a folio's part, and the reference to it. */
struct gathered {
	long long pos, end;
	long long last;			/* where the last piece begins */
	unsigned int count;
	struct bio_vec piece[PIECES];
	struct folio *folio[PIECES];
};

struct file *pages_file(int fd)
{
	return current->files->fdt->fd[fd];
}

static unsigned long magic(const struct file *file)
{
	return file->f_mapping->host->i_sb->s_magic;
}

static int fits(const struct file *file)
{
	const struct inode *inode = file->f_mapping->host;
	unsigned long number = magic(file);

	return (inode->i_mode & KERNEL_S_IFMT) == KERNEL_S_IFREG && !(inode->i_flags & KERNEL_S_DAX) &&
	       !(file->f_flags & KERNEL_O_DIRECT) &&
	       (number == MAGIC_EXT || number == MAGIC_TMPFS || number == MAGIC_BTRFS || number == MAGIC_XFS ||
		number == MAGIC_F2FS);
}

static long long size_of(const struct file *file)
{
	return *(volatile const long long *)&file->f_mapping->host->i_size;
}

static void put(struct folio *folio)
{
	if (__atomic_sub_fetch((int *)&folio->_refcount, 1, __ATOMIC_ACQ_REL) == 0)
		kw_direct(__folio_put)(folio);
}

static void put_all(struct gathered *gathered)
{
	for (unsigned int i = 0; i < gathered->count; i++)
		put(gathered->folio[i]);
}

/*
 * Takes the folio over: its bytes from gathered->end on, not beyond `end`.
 * -EIO: the memory is broken, and the folio given back.
 */
static int add(struct gathered *gathered, struct folio *folio, long long end)
{
	long long pages = folio->flags >> PG_head & 1 ? folio->_folio_nr_pages : 1;
	long long offset = gathered->end - (long long)folio->index * PAGE;
	long long length = pages * PAGE - offset;
	struct page *page = (struct page *)folio + offset / PAGE;
	struct bio_vec *piece = &gathered->piece[gathered->count];

	if (length > end - gathered->end)
		length = end - gathered->end;
	for (long long i = 0; i * PAGE < offset % PAGE + length; i++) {
		if (page[i].flags >> PG_hwpoison & 1) {
			put(folio);
			return -KERNEL_EIO;
		}
	}
	piece->bv_page = page;
	piece->bv_offset = offset % PAGE;
	piece->bv_len = length;
	gathered->folio[gathered->count++] = folio;
	gathered->last = gathered->end;
	gathered->end += length;
	kw_direct(folio_mark_accessed)(folio);
	return 0;
}

/* 6.1 has the length in an iterator, 6.12 as a number. */
typedef int get_pages_6_1(struct kiocb *, struct iov_iter *, struct folio_batch *);
typedef int get_pages_6_12(struct kiocb *, unsigned long, struct folio_batch *, _Bool);

static int get_pages(struct kiocb *iocb, unsigned long length, struct folio_batch *batch)
{
	struct iov_iter iter;

	if (!__builtin_types_compatible_p(__typeof__(filemap_get_pages), get_pages_6_1))
		return ((get_pages_6_12 *)(void *)kw_direct(filemap_get_pages))(iocb, length, batch, 1);
	kw_direct(iov_iter_bvec)(&iter, KERNEL_READ, NULL, 0, length);
	return ((get_pages_6_1 *)(void *)kw_direct(filemap_get_pages))(iocb, &iter, batch);
}

static void batch_begin(struct folio_batch *batch)
{
	*(unsigned long *)batch = 0;
}

/* Takes over the folios of a batch as far as they are wanted, gives the others back. 0 or -errno */
static int add_batch(struct gathered *gathered, const struct folio_batch *batch, long long end)
{
	int error = 0;

	for (unsigned int i = 0; i < batch->nr; i++) {
		if (error != 0 || gathered->end >= end || gathered->count == PIECES)
			put(batch->folios[i]);
		else
			error = add(gathered, batch->folios[i], end);
	}
	return error;
}

/* As read(2): with read-ahead, waiting for what is not in memory yet. 0 or -errno. */
static int gather_cached(struct gathered *gathered, struct file *in, long long end)
{
	while (gathered->end < end && gathered->count < PIECES) {
		long long most = (PIECES - gathered->count) * PAGE;
		struct kiocb iocb = { 0 };
		struct folio_batch batch;
		int error;

		iocb.ki_filp = in;
		iocb.ki_pos = gathered->end;
		batch_begin(&batch);
		error = get_pages(&iocb, end - gathered->end < most ? end - gathered->end : most, &batch);
		if (error == 0)
			error = add_batch(gathered, &batch, end);
		if (error != 0)
			return error < 0 ? error : -KERNEL_EIO;
	}
	return 0;
}

/* 6.12 has one more argument, for writers. */
typedef int get_folio_6_1(struct inode *, unsigned long, struct folio **, unsigned int);
typedef int get_folio_6_12(struct inode *, unsigned long, long long, struct folio **, unsigned int);

/* A null pointer in *folio: a hole, or a page that was reserved and never written */
static int get_folio(struct inode *inode, unsigned long index, struct folio **folio)
{
	*folio = NULL;
	if (__builtin_types_compatible_p(__typeof__(shmem_get_folio), get_folio_6_1))
		return ((get_folio_6_1 *)(void *)kw_direct(shmem_get_folio))(inode, index, folio, SGP_READ);
	return ((get_folio_6_12 *)(void *)kw_direct(shmem_get_folio))(inode, index, 0, folio, SGP_READ);
}

/* One page of tmpfs, if need be from swap; none if it is a hole. 0 or -errno */
static int gather_slowly(struct gathered *gathered, struct file *in, long long end)
{
	struct folio *folio;
	int error = get_folio(in->f_mapping->host, gathered->end / PAGE, &folio);

	if (error != 0 || folio == NULL)
		return error;
	kw_direct(folio_unlock)(folio);
	return add(gathered, folio, end);
}

/*
 * tmpfs has no read-ahead, but pages that are swapped out, and reserved ones
 * that were never written. Stops before a hole. 0 or -errno
 */
static int gather_tmpfs(struct gathered *gathered, struct file *in, long long end)
{
	while (gathered->end < end && gathered->count < PIECES) {
		unsigned int before = gathered->count;
		struct folio_batch batch;
		int error;

		batch_begin(&batch);
		kw_direct(filemap_get_read_batch)(in->f_mapping, gathered->end / PAGE, (end - 1) / PAGE, &batch);
		/* Only the last one can be without contents. */
		if (batch.nr > 0 && !(batch.folios[batch.nr - 1]->flags >> PG_uptodate & 1))
			put(batch.folios[--batch.nr]);
		error = batch.nr > 0 ? add_batch(gathered, &batch, end) : gather_slowly(gathered, in, end);
		if (error != 0 || gathered->count == before)
			return error;
	}
	return 0;
}

/* `length` bytes of these pieces to `pos` of out. How many were written, or -errno */
static long write_pieces(struct file *out, const struct bio_vec *piece, unsigned int count, long long pos, long length)
{
	struct iov_iter iter;
	long written, done = 0;

	written = kw_direct(rw_verify_area)(KERNEL_WRITE, out, &pos, length);
	if (written == 0)
		written = kw_direct(mnt_want_write_file)(out);
	if (written < 0)
		return written;
	kw_direct(iov_iter_bvec)(&iter, KERNEL_WRITE, piece, count, length);
	do {
		written = kw_direct(__kernel_write_iter)(out, &iter, &pos);
		done += written > 0 ? written : 0;
	} while (written > 0 && done < length);
	kw_direct(mnt_drop_write_file)(out);
	return done > 0 ? done : written < 0 ? written : -KERNEL_EIO;
}

/*
 * The page at `last` before all others. If not everything can be written, out
 * ends where the bytes without a gap do. How many those are, or -errno
 */
static long write_last_first(struct pages_copy *copy, const struct gathered *gathered, long long last)
{
	unsigned int final = gathered->count - 1;
	unsigned long offset = gathered->piece[final].bv_offset + (last - gathered->last);
	struct bio_vec piece = { 0 };
	long long length = gathered->end - gathered->pos, old = size_of(copy->out);
	long written = 0;
	int first;

	piece.bv_page = gathered->piece[final].bv_page + offset / PAGE;
	piece.bv_offset = offset % PAGE;
	piece.bv_len = gathered->end - last;
	first = write_pieces(copy->out, &piece, 1, last, piece.bv_len) == (long)piece.bv_len;
	if (first)
		written = write_pieces(copy->out, gathered->piece, gathered->count, gathered->pos, last - gathered->pos);
	if (first && written == last - gathered->pos)
		return length;
	if (written > 0 && gathered->pos + written > old)
		old = gathered->pos + written;
	kw_direct(do_sys_ftruncate)(copy->out_fd, old, 0);
	/* A limit of the file's length, or no space: as much as goes */
	return first ? written : write_pieces(copy->out, gathered->piece, gathered->count, gathered->pos, length);
}

static long write_batch(struct pages_copy *copy, struct gathered *gathered, int trimmed)
{
	long long last = (gathered->end - 1) & -PAGE;

	if (!trimmed && last > gathered->pos && gathered->end > size_of(copy->out) && fits(copy->out))
		return write_last_first(copy, gathered, last);
	return write_pieces(copy->out, gathered->piece, gathered->count, gathered->pos, gathered->end - gathered->pos);
}

/* One batch. How many bytes, 0: the end, or -errno and copy->state */
static long copy_batch(struct pages_copy *copy, long long end)
{
	struct gathered gathered;
	struct file *in = copy->in;
	long written;
	int error;

	gathered.pos = gathered.end = copy->pos;
	gathered.count = 0;
	copy->state = PAGES_READ;
	error = kw_direct(rw_verify_area)(KERNEL_READ, in, &copy->pos, end - copy->pos);
	if (error == 0)
		error = magic(in) == MAGIC_TMPFS ? gather_tmpfs(&gathered, in, end) : gather_cached(&gathered, in, end);
	if (gathered.count == 0) {
		written = (copy->pos & -PAGE) + PAGE;	/* behind the hole */
		return error != 0 ? error : (written < end ? written : end) - copy->pos;
	}
	/* Only now is it sure what is in the pages, and up to where: the file may have become shorter. */
	end = size_of(in);
	written = 0;
	if (end > gathered.pos) {
		int trimmed = end < gathered.end;

		in->f_ra.prev_pos = gathered.end;
		if (trimmed)
			gathered.end = end;
		copy->state = PAGES_WRITE;
		written = write_batch(copy, &gathered, trimmed);
	}
	put_all(&gathered);
	if (!(in->f_flags & KERNEL_O_NOATIME))
		kw_direct(touch_atime)(&in->f_path);
	return written;
}

void pages_copy(struct pages_copy *copy)
{
	const struct inode *inode = copy->in->f_mapping->host;
	long long end = size_of(copy->in);
	long written = 0;

	if (copy->state == PAGES_BEGIN) {
		copy->state = PAGES_UNFIT;
		if (!fits(copy->in) || copy->out->f_op->write_iter == NULL || copy->out->f_op->write != NULL ||
		    (copy->out->f_mapping->host->i_mode & KERNEL_S_IFMT) != KERNEL_S_IFREG)
			return;
		copy->state = PAGES_SPARSE;
		/* Blocks beyond the end may hide holes; of a long file it costs little to ask. tmpfs's are seen as they come. */
		if ((long long)inode->i_blocks * 512 < end || (end >= LONG && magic(copy->in) != MAGIC_TMPFS))
			return;
	}
	if (end > copy->end)
		end = copy->end;
	if (copy->pos < end)
		written = copy_batch(copy, end);
	if (written < 0) {
		copy->error = written;
		return;
	}
	copy->pos += written;
	copy->state = PAGES_OK;
	if (copy->pos < size_of(copy->in) && copy->pos < copy->end)
		return;
	copy->state = PAGES_AT_END;
	/* It ends in a hole: then the end is to be there, too. */
	if (copy->pos > size_of(copy->out)) {
		copy->error = kw_direct(do_sys_ftruncate)(copy->out_fd, copy->pos, 0);
		if (copy->error != 0)
			copy->state = PAGES_WRITE;
	}
}
