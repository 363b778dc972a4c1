/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the page cache straight to the socket, by kernel functions: the pages
 * are neither copied nor mapped, the socket holds them until the other side
 * has acknowledged them. As with sendfile, whoever writes to the file meanwhile
 * may change what is sent.
 *
 * Linux 6.1 takes pages by "sendpage", later ones by a message that is flagged
 * MSG_SPLICE_PAGES: which of them there is, is asked at the start.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include <kw.h>

#include "web.h"

#pragma kernel function fget fput sockfd_lookup read_cache_page lock_sock_nested release_sock iov_iter_bvec sock_sendmsg
#pragma kernel struct file f_mapping
#pragma kernel struct address_space host nrpages a_ops
#pragma kernel struct address_space_operations read_folio
#pragma kernel struct inode i_size
#pragma kernel struct socket sk file
#pragma kernel struct bio_vec
#pragma kernel struct iov_iter
#pragma kernel struct msghdr msg_flags msg_iter

/* What runs in the kernel's context has no vector registers. */
#define IN_KERNEL	__attribute__((target("general-regs-only"), noinline))

#define PAGE		4096
#define BATCH		32		/* pages */
#define AT_ONCE		(1 << 20)	/* bytes: other connections wait meanwhile */

/* The kernel's include/linux/socket.h and uio.h */
#define DONT_WAIT	0x40
#define NO_SIGNAL	0x4000
#define MORE		0x8000
#define MORE_PAGES	0x20000		/* 6.1 */
#define SPLICE_PAGES	0x8000000	/* later */
#define ITER_SOURCE	1

#define NOT_CACHED	(-ENODATA)

/* One exists on 6.1 only, the other one's argument is declared as a union on 6.12. */
static int (*send_page)(struct sock *sk, struct page *page, int offset, size_t size, int flags);
static void (*put_pages)(struct page **pages, int n);

struct batch {
	int pages;
	int parts;			/* the same, but for one that is beyond the file's end */
	size_t size;			/* bytes */
	struct bio_vec part[BATCH];
	struct page *page[BATCH];
};

static IN_KERNEL long error_of(const void *pointer)
{
	return (unsigned long)pointer >= -4095UL ? (long)pointer : 0;
}

static IN_KERNEL long long least(long long a, long long b)
{
	return a < b ? a : b;
}

static IN_KERNEL long long size_of(const struct address_space *mapping)
{
	return *(const volatile long long *)&mapping->host->i_size;
}

/* The next pages of the file; 0, or an error if there is none. */
static IN_KERNEL long take_pages(struct batch *batch, struct file *file, long long offset, long long end)
{
	struct address_space *mapping = file->f_mapping;

	batch->pages = batch->parts = 0;
	batch->size = 0;
	while (batch->pages < BATCH && offset < end && offset < size_of(mapping)) {
		struct page *page = kw_direct(read_cache_page)(mapping, offset / PAGE, NULL, file);
		long long size, begin = offset % PAGE;
		struct bio_vec *part;

		if (error_of(page))
			return batch->pages > 0 ? 0 : error_of(page);
		batch->page[batch->pages++] = page;
		/* Again, since the page is ours only now: beyond it the page holds nothing of the file's. */
		size = least(size_of(mapping) - offset, least(end - offset, PAGE - begin));
		if (size <= 0)
			break;
		part = &batch->part[batch->parts++];
		part->bv_page = page;
		part->bv_offset = begin;
		part->bv_len = size;
		batch->size += size;
		offset += size;
	}
	return 0;
}

/* The bytes that the socket took, or an error. */
static IN_KERNEL long send_pages_singly(struct socket *socket, struct batch *batch, int flags)
{
	long sent = 0, n = 0;

	kw_direct(lock_sock_nested)(socket->sk, 0);
	for (int i = 0; i < batch->parts; i++) {
		struct bio_vec *part = &batch->part[i];

		n = send_page(socket->sk, part->bv_page, part->bv_offset, part->bv_len,
			      flags | (i + 1 < batch->parts ? MORE | MORE_PAGES : 0));
		if (n > 0)
			sent += n;
		if (n < (long)part->bv_len)
			break;
	}
	kw_direct(release_sock)(socket->sk);
	return sent > 0 ? sent : n;
}

static IN_KERNEL long send_pages_together(struct socket *socket, struct batch *batch, int flags)
{
	struct msghdr message;

	/* The compiler's own way may be a call to the C library. */
	for (size_t i = 0; i < sizeof(message) / sizeof(long); i++)
		((volatile long *)&message)[i] = 0;
	message.msg_flags = flags | SPLICE_PAGES;
	kw_direct(iov_iter_bvec)(&message.msg_iter, ITER_SOURCE, batch->part, batch->parts, batch->size);
	return kw_direct(sock_sendmsg)(socket, &message);
}

/* Is all of the file in the page cache? No, if its file system does not fill that page by page, as tmpfs. */
static IN_KERNEL int is_cached(const struct address_space *mapping)
{
	return mapping->a_ops->read_folio != NULL && mapping->nrpages >= (unsigned long)(mapping->host->i_size + PAGE - 1) / PAGE;
}

/* The next bytes: how many the socket took, 0 at the file's end, or an error. */
static IN_KERNEL long send_batch(struct socket *socket, struct file *file, long long offset, long long end)
{
	struct batch batch;
	long n = take_pages(&batch, file, offset, end);

	if (n == 0 && batch.size > 0) {
		int flags = DONT_WAIT | NO_SIGNAL | (offset + (long long)batch.size < end ? MORE : 0);

		n = send_page != NULL ? send_pages_singly(socket, &batch, flags) : send_pages_together(socket, &batch, flags);
	}
	if (batch.pages > 0)
		put_pages(batch.page, batch.pages);
	return n;
}

/*
 * Runs in the kernel's context: no signal ends it halfway, so what it takes it
 * gives back. The bytes sent; 0 at the file's end; an error if nothing was sent.
 */
static IN_KERNEL long send_file(int to, int from, long long offset, long long end)
{
	long sent = 0, n = 0;
	int error = -EBADF;
	struct file *file = kw_direct(fget)(from);
	struct socket *socket = kw_direct(sockfd_lookup)(to, &error);

	if (file == NULL || socket == NULL)
		n = error;
	else if (!is_cached(file->f_mapping))
		n = NOT_CACHED;
	while (n >= 0 && offset < end) {
		n = send_batch(socket, file, offset, end);
		if (n <= 0)
			break;
		sent += n;
		offset += n;
	}
	if (socket != NULL)
		kw_direct(fput)(socket->file);
	if (file != NULL)
		kw_direct(fput)(file);
	return sent > 0 ? sent : n;
}

ssize_t send_directly(int socket, struct body *body)
{
	long long end = body->end - body->offset > AT_ONCE ? body->offset + AT_ONCE : body->end;
	long n;

	n = body->begin < body->filled ? NOT_CACHED : kw_call(send_file, socket, body->file, body->offset, end);
	/* Reading brings the pages into the page cache, with read-ahead. */
	if (n == NOT_CACHED)
		return send_by_buffer(socket, body);
	if (n < 0) {
		errno = -n;
		return -1;
	}
	body->offset += n;
	return n;
}

int prepare_direct(void)
{
	unsigned long address;

	if (kw_symbol("kernel_sendpage_locked", &address) == 0)
		send_page = (void *)address;
	if (kw_symbol("release_pages", &address) != 0) {
		fprintf(stderr, "web: this kernel has no function release_pages: use --transfer sendfile\n");
		return -1;
	}
	put_pages = (void *)address;
	return 0;
}
