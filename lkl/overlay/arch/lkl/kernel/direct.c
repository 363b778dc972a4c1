// SPDX-License-Identifier: GPL-2.0-only
/*
 * O_DIRECT from and to the program's own memory. It has no page frames, so
 * generic code answers -EFAULT, and nothing has been transferred; then the call
 * is made again through pages of the arena. Memory in the arena goes to the
 * device as it is.
 */
#include <linux/bvec.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/uio.h>
#include <linux/unistd.h>
#include "lkl.h"

#define BOUNCE_MAX	SZ_256K

struct transfer {
	int		direction;	/* READ or WRITE */
	bool		vector;		/* a list of pieces */
	bool		at_position;	/* of the file, which moves on */
	loff_t		position;
	rwf_t		flags;
};

/* False: not one of the calls that move data. */
static bool describe(struct transfer *transfer, long number, const long *arguments)
{
	*transfer = (struct transfer){ .at_position = true };
	switch (number) {
	case __NR_pwrite64:
	case __NR_pwritev:
	case __NR_pwritev2:
	case __NR_write:
	case __NR_writev:
		transfer->direction = WRITE;
		break;
	case __NR_pread64:
	case __NR_preadv:
	case __NR_preadv2:
	case __NR_read:
	case __NR_readv:
		transfer->direction = READ;
		break;
	default:
		return false;
	}
	transfer->vector = number != __NR_read && number != __NR_write && number != __NR_pread64 && number != __NR_pwrite64;
	if (number == __NR_preadv2 || number == __NR_pwritev2)
		transfer->flags = arguments[5];
	if (number != __NR_read && number != __NR_write && number != __NR_readv && number != __NR_writev) {
		transfer->position = arguments[3];
		/* The second version's way to say "the file's". */
		transfer->at_position = transfer->position == -1;
	}
	return true;
}

/* As much of count as there is memory for, in pages side by side; at least one page. */
static char *get_bounce(size_t *count)
{
	size_t size = min_t(size_t, PAGE_ALIGN(*count), BOUNCE_MAX);
	char *bounce;

	for (; size > PAGE_SIZE; size = PAGE_ALIGN(size / 2)) {
		bounce = alloc_pages_exact(size, GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
		if (bounce)
			goto found;
	}
	bounce = alloc_pages_exact(size, GFP_KERNEL);
found:
	*count = size;
	return bounce;
}

/* One piece through the bounce pages: bytes moved, or -errno. */
static ssize_t move_piece(struct file *file, struct transfer *transfer, char *bounce, size_t size, struct iov_iter *user)
{
	struct bio_vec vector = { .bv_page = virt_to_page(bounce), .bv_len = size };
	struct iov_iter pages;
	ssize_t moved;

	iov_iter_bvec(&pages, transfer->direction, &vector, 1, size);
	if (transfer->direction == READ) {
		moved = vfs_iter_read(file, &pages, &transfer->position, transfer->flags);
		if (moved > 0 && copy_to_iter(bounce, moved, user) != moved)
			return -EFAULT;
		return moved;
	}
	if (!copy_from_iter_full(bounce, size, user))
		return -EFAULT;
	file_start_write(file);
	moved = vfs_iter_write(file, &pages, &transfer->position, transfer->flags);
	file_end_write(file);
	return moved;
}

static ssize_t move_all(struct file *file, struct transfer *transfer, struct iov_iter *user)
{
	size_t size = iov_iter_count(user), part, done = 0;
	ssize_t moved = 0;
	char *bounce;

	bounce = get_bounce(&size);
	if (!bounce)
		return -ENOMEM;
	while (iov_iter_count(user)) {
		part = min(iov_iter_count(user), size);
		moved = move_piece(file, transfer, bounce, part, user);
		if (moved > 0)
			done += moved;
		if (moved != part)
			break;
	}
	free_pages_exact(bounce, size);
	return done ?: moved;
}

/*
 * In place of mm/gup.c's (the link's --wrap), which stops a kernel without page
 * tables; btrfs asks it when a direct read gave -EFAULT. How many of the bytes,
 * from the end, can't be reached.
 */
size_t __wrap_fault_in_safe_writeable(const char __user *at, size_t size);

size_t __wrap_fault_in_safe_writeable(const char __user *at, size_t size)
{
	unsigned long here = (unsigned long)at, end = here + size;
	char byte;

	for (; here < end; here = (here & PAGE_MASK) + PAGE_SIZE)
		if (__get_user(byte, (const char __user *)here))
			return end - here;
	return 0;
}

/* A call that gave -EFAULT, again: what it gives now. In a context; may sleep. */
long lkl_retry_direct(long number, const long *arguments)
{
	struct iovec fast[UIO_FASTIOV], *pieces = fast;
	struct transfer transfer;
	struct iov_iter user;
	ssize_t result;
	umode_t mode;
	struct fd fd;

	if (!describe(&transfer, number, arguments))
		return -EFAULT;
	fd = fdget_pos(arguments[0]);
	if (!fd.file)
		return -EBADF;
	result = -EFAULT;
	/* A pipe has the flag too, for packets, and must keep one that could not be copied. */
	mode = file_inode(fd.file)->i_mode;
	if (!(fd.file->f_flags & O_DIRECT) || (!S_ISREG(mode) && !S_ISBLK(mode)))
		goto out;
	if (transfer.vector) {
		result = import_iovec(transfer.direction, (void __user *)arguments[1], arguments[2], ARRAY_SIZE(fast),
				      &pieces, &user);
	} else {
		result = import_single_range(transfer.direction, (void __user *)arguments[1], arguments[2], fast, &user);
		pieces = NULL;
	}
	if (result < 0)
		goto out;
	if (transfer.at_position)
		transfer.position = fd.file->f_pos;
	result = move_all(fd.file, &transfer, &user);
	if (result > 0 && transfer.at_position)
		fd.file->f_pos = transfer.position;
	kfree(pieces);
out:
	fdput_pos(fd);
	return result;
}
