// SPDX-License-Identifier: BSD-2-Clause
/*
 * Disks: virtio-blk on top of struct lkl_disk, whose contents are a file or
 * memory here and anything else elsewhere. One request after another, outside
 * the kernel's CPU lock.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lkl.h"
#include "virtio.h"

#define SECTOR		512

#define F_SEG_MAX	(1ULL << 2)
#define F_READ_ONLY	(1ULL << 5)
#define F_FLUSH		(1ULL << 9)
#define F_TOPOLOGY	(1ULL << 10)

/* The kernel reads ahead twice as much: what a request costs is spread over many pages. */
#define PREFERRED	(512 << 10)

enum { TYPE_READ = 0, TYPE_WRITE = 1, TYPE_FLUSH = 4, TYPE_ID = 8 };
enum { STATUS_OK, STATUS_ERROR, STATUS_UNKNOWN };

struct config {
	uint64_t	sectors;
	uint32_t	size_max;
	uint32_t	seg_max;
	uint16_t	cylinders;
	uint8_t		heads, sectors_of_track;
	uint32_t	block_size;
	uint8_t		physical_exponent, alignment;
	uint16_t	least;			/* in sectors */
	uint32_t	preferred;		/* in sectors */
} __attribute__((packed));

struct header {
	uint32_t	type;
	uint32_t	reserved;
	uint64_t	sector;
};

struct block {
	struct virtio_device	device;
	struct config		config;
	struct lkl_disk		*disk;
};

static unsigned long long length_of(const struct iovec *pieces, int count)
{
	unsigned long long length = 0;

	for (int i = 0; i < count; i++)
		length += pieces[i].iov_len;
	return length;
}

static int out_of_range(struct lkl_disk *disk, uint64_t sector, unsigned long long length)
{
	return sector > disk->size / SECTOR || length > disk->size - sector * SECTOR;
}

static unsigned char serve(struct block *block, struct virtio_request *request, uint32_t *written)
{
	struct header *header = request->pieces[0].iov_base;
	struct iovec *out = request->pieces + 1, *in = request->pieces + request->out;
	int outs = request->out - 1, ins = request->in - 1;
	struct lkl_disk *disk = block->disk;
	int error = 0;

	switch (header->type) {
	case TYPE_READ:
		*written = length_of(in, ins);
		if (out_of_range(disk, header->sector, *written))
			return STATUS_ERROR;
		error = disk->read(disk, in, ins, header->sector * SECTOR);
		break;
	case TYPE_WRITE:
		if (disk->read_only || out_of_range(disk, header->sector, length_of(out, outs)))
			return STATUS_ERROR;
		error = disk->write(disk, out, outs, header->sector * SECTOR);
		break;
	case TYPE_FLUSH:
		error = disk->flush ? disk->flush(disk) : 0;
		break;
	default:
		return STATUS_UNKNOWN;
	}
	return error ? STATUS_ERROR : STATUS_OK;
}

static void work(struct virtio_device *device, unsigned int queue)
{
	struct block *block = device->data;
	struct virtio_request request;
	struct iovec *last;
	uint32_t written;

	while (virtio_take(device, queue, &request)) {
		last = &request.pieces[request.out + request.in - 1];
		written = 0;
		/* A header to read, a byte to write: what lacks them can't be answered. */
		if (request.out < 1 || request.in < 1 || request.pieces[0].iov_len < sizeof(struct header) || !last->iov_len) {
			virtio_give(device, queue, request.head, 0);
			continue;
		}
		*((unsigned char *)last->iov_base + last->iov_len - 1) = serve(block, &request, &written);
		virtio_give(device, queue, request.head, written + 1);
		/* Who waits for this one can go on while the next is served. */
		virtio_tell(device, queue);
	}
}

int lkl_disk_add(struct lkl_disk *disk)
{
	struct block *block;
	int number;

	if (linux_started)
		return -EBUSY;
	block = calloc(1, sizeof(*block));
	if (!block)
		return -ENOMEM;
	block->disk = disk;
	block->config.sectors = disk->size / SECTOR;
	block->config.seg_max = VIRTIO_QUEUE_SIZE / 2;
	block->config.preferred = PREFERRED / SECTOR;
	block->device.id = VIRTIO_ID_BLOCK;
	block->device.features = F_SEG_MAX | F_TOPOLOGY | (disk->flush ? F_FLUSH : 0) | (disk->read_only ? F_READ_ONLY : 0);
	block->device.queues = 1;
	block->device.config = &block->config;
	block->device.config_size = sizeof(block->config);
	block->device.data = block;
	block->device.input = -1;
	block->device.work = work;
	number = virtio_add(&block->device);
	if (number < 0)
		free(block);
	return number;
}

static void removed(struct virtio_device *device)
{
	free(device->data);
}

int lkl_devices_remove(void)
{
	if (linux_started)
		return -EBUSY;
	virtio_remove_all(removed);
	return 0;
}

/* The whole of the pieces, also when the system moves less at once. */
static int move_all(int fd, const struct iovec *pieces, int count, unsigned long long offset, int writing)
{
	struct iovec rest[VIRTIO_PIECES];
	ssize_t moved;
	int at = 0;

	memcpy(rest, pieces, count * sizeof(*pieces));
	while (at < count) {
		moved = writing ? pwritev(fd, rest + at, count - at, offset) : preadv(fd, rest + at, count - at, offset);
		if (moved < 0 && errno == EINTR)
			continue;
		if (moved <= 0)
			return moved ? -errno : -EIO;
		offset += moved;
		for (; at < count && (size_t)moved >= rest[at].iov_len; at++)
			moved -= rest[at].iov_len;
		if (at < count) {
			rest[at].iov_base = (char *)rest[at].iov_base + moved;
			rest[at].iov_len -= moved;
		}
	}
	return 0;
}

static int file_read(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset)
{
	return move_all((int)(long)disk->data, pieces, count, offset, 0);
}

static int file_write(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset)
{
	return move_all((int)(long)disk->data, pieces, count, offset, 1);
}

static int file_flush(struct lkl_disk *disk)
{
	return fdatasync((int)(long)disk->data) ? -errno : 0;
}

int lkl_disk_file(struct lkl_disk *disk, int fd, int read_only)
{
	struct stat status;
	uint64_t size;

	if (fstat(fd, &status))
		return -errno;
	if (S_ISBLK(status.st_mode)) {
		if (ioctl(fd, BLKGETSIZE64, &size))
			return -errno;
	} else if (S_ISREG(status.st_mode)) {
		size = status.st_size;
	} else {
		return -ENOTBLK;
	}
	*disk = (struct lkl_disk){
		.size = size / SECTOR * SECTOR, .read_only = read_only, .data = (void *)(long)fd,
		.read = file_read, .write = file_write, .flush = file_flush,
	};
	return 0;
}

static int memory_read(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset)
{
	for (int i = 0; i < count; offset += pieces[i++].iov_len)
		memcpy(pieces[i].iov_base, (char *)disk->data + offset, pieces[i].iov_len);
	return 0;
}

static int memory_write(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset)
{
	for (int i = 0; i < count; offset += pieces[i++].iov_len)
		memcpy((char *)disk->data + offset, pieces[i].iov_base, pieces[i].iov_len);
	return 0;
}

int lkl_disk_memory(struct lkl_disk *disk, void *base, unsigned long long size)
{
	*disk = (struct lkl_disk){
		.size = size / SECTOR * SECTOR, .data = base, .read = memory_read, .write = memory_write,
	};
	return 0;
}
