// SPDX-License-Identifier: BSD-2-Clause
/*
 * Why an image can't be used: what the file is, and what file system or table of
 * partitions its first bytes tell of. Those bytes are anybody's: nothing is done
 * with them but to choose and fill in a message.
 */
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lkl.h"
#include "refusal.h"

#define SECTOR		512
#define SYSTEMS		"ext2, ext3, ext4, btrfs, xfs, vfat"
#define EXT		1024		/* where superblocks lie */
#define BTRFS		65536
#define HEAD		(BTRFS + 4096)	/* all that is looked at */

/* What the head of a disk tells. */
struct found {
	const char		*type;		/* NULL: no file system that is known */
	const char		*checker;
	unsigned long long	size;		/* that it says it has; 0: not known */
};

const char *file_refusal(const struct stat *status)
{
	if (S_ISDIR(status->st_mode))
		return "is a directory, no image; name the file that holds the file system";
	if (!S_ISREG(status->st_mode) && !S_ISBLK(status->st_mode))
		return "is neither a file nor a block device, so no image; name the file that holds the file system";
	if (S_ISREG(status->st_mode) && !status->st_size)
		return "is empty, no image; truncate gives it a size, mkfs a file system";
	if (S_ISREG(status->st_mode) && status->st_size < SECTOR)
		return "is shorter than a sector of 512 bytes, no image; is it the right file?";
	return NULL;
}

static uint16_t half(const unsigned char *at)
{
	return at[0] | at[1] << 8;
}

static uint32_t word(const unsigned char *at)
{
	return half(at) | (uint32_t)half(at + 2) << 16;
}

static uint64_t giant(const unsigned char *at)
{
	return word(at) | (uint64_t)word(at + 4) << 32;
}

static int is_fat(const unsigned char *head)
{
	return head[510] == 0x55 && head[511] == 0xaa && (!memcmp(head + 54, "FAT", 3) || !memcmp(head + 82, "FAT32", 5));
}

static void identify(const unsigned char *head, struct found *found)
{
	const unsigned char *ext = head + EXT, *btrfs = head + BTRFS;

	*found = (struct found){ 0 };
	if (half(ext + 56) == 0xef53) {
		/* s_blocks_count, whose upper half counts with the feature 64bit only, and s_log_block_size */
		uint64_t blocks = word(ext + 4) | (word(ext + 96) & 0x80 ? (uint64_t)word(ext + 336) << 32 : 0);

		*found = (struct found){ "ext4", "e2fsck", blocks << (10 + (word(ext + 24) & 7)) };
	} else if (!memcmp(head, "XFSB", 4)) {
		/* sb_blocksize, sb_dblocks, most significant byte first */
		*found = (struct found){ "xfs", "xfs_repair", be64toh(giant(head + 8)) * be32toh(word(head + 4)) };
	} else if (!memcmp(btrfs + 64, "_BHRfS_M", 8)) {
		/* dev_item.total_bytes: of this disk, should there be several */
		*found = (struct found){ "btrfs", "btrfs check", giant(btrfs + 209) };
	} else if (is_fat(head)) {
		/* No size: the kernel mounts it cut short, too. */
		*found = (struct found){ "vfat", "fsck.vfat", 0 };
	}
}

/* A table of partitions: each entry of an old one begins with 0 or 0x80, and one has a type; the others' have a name. */
static int has_partitions(const unsigned char *head)
{
	int used = 0;

	if (!memcmp(head + SECTOR, "EFI PART", 8))
		return 1;
	for (const unsigned char *entry = head + 446; entry < head + 510; entry += 16) {
		if (*entry & 0x7f)
			return 0;
		used |= entry[4];
	}
	return used && head[510] == 0x55 && head[511] == 0xaa;
}

/* ext4's code mounts all three. */
static int other_type(const char *type, const struct found *found)
{
	return strcmp(type, found->type) && (strncmp(type, "ext", 3) || strcmp(found->type, "ext4"));
}

/* Head and size of the device; what lies behind its end is zero. 0 or -errno. */
static long read_head(const char *device, unsigned char *head, unsigned long long *size)
{
	long fd = lkl_sys_open(device, O_RDONLY, 0), length, error;

	memset(head, 0, HEAD);
	if (fd < 0)
		return fd;
	length = lkl_sys_lseek(fd, 0, SEEK_END);
	*size = length < 0 ? 0 : length;
	error = lkl_sys_pread64(fd, head, *size < HEAD ? *size : HEAD, 0);
	lkl_sys_close(fd);
	return error < 0 ? error : 0;
}

static void refusal_of_found(char *text, size_t size, const struct attempt *attempt, const struct found *found, unsigned long long has)
{
	if (attempt->type && other_type(attempt->type, found))
		snprintf(text, size, "has no file system '%s' but '%s'; say so, or leave the type out", attempt->type, found->type);
	else if (found->size > has)
		snprintf(text, size, "can't be mounted: it is cut short, its file system (%s) has %llu bytes, and there are %llu; copy it again",
			 found->type, found->size, has);
	else
		snprintf(text, size, "can't be mounted as %s: %s; %s tells why, %s checks it", attempt->type ? attempt->type : found->type,
			 strerror(-attempt->error), attempt->log_option, found->checker);
}

void mount_refusal(char *text, size_t size, const struct attempt *attempt)
{
	static unsigned char head[HEAD];
	unsigned long long has = 0;
	struct found found;
	long error;

	if (attempt->partition && (attempt->error == -ENOENT || attempt->error == -ENXIO)) {
		snprintf(text, size, "there is no partition %d; fdisk -l shows which there are", attempt->partition);
		return;
	}
	if (attempt->error == -ENODEV && attempt->type) {
		snprintf(text, size, "the library kernel has no file system '%s', but %s", attempt->type, SYSTEMS);
		return;
	}
	error = read_head(attempt->device, head, &has);
	identify(head, &found);
	if (error)
		snprintf(text, size, "can't be mounted: it can't be read: %s; %s tells more", strerror(-error), attempt->log_option);
	else if (found.type)
		refusal_of_found(text, size, attempt, &found, has);
	else if (!attempt->partition && has_partitions(head))
		snprintf(text, size, "has no file system but partitions; name one by %s", attempt->partition_option);
	else
		snprintf(text, size, "has no file system that the library kernel knows (%s); is it the right file?", SYSTEMS);
}
