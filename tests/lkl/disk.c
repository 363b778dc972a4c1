// SPDX-License-Identifier: BSD-2-Clause
/*
 * disk IMAGE TYPE: mounts a file system from an image, lists, reads, writes and
 * renames in it, unmounts and halts; a second boot of the same process finds what
 * the first wrote. The caller checks the image with the file system's own tools. TAP.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lkl.h"
#include "tap.h"

#define BLOCK	65536
#define BLOCKS	256		/* 16 MiB */
#define FILES	200

struct entry {			/* of getdents64 */
	uint64_t	inode;
	int64_t		next;
	uint16_t	length;
	uint8_t		type;
	char		name[];
};

static unsigned char block[BLOCK];

static void fill(int number)
{
	for (size_t i = 0; i < BLOCK; i += sizeof(uint32_t))
		*(uint32_t *)(block + i) = number * 2654435761U + i;
}

static int is_filled(int number)
{
	for (size_t i = 0; i < BLOCK; i += sizeof(uint32_t))
		if (*(uint32_t *)(block + i) != (uint32_t)(number * 2654435761U + i))
			return 0;
	return 1;
}

static int count_names(const char *path, const char *prefix)
{
	char buffer[4096];
	long fd = lkl_sys_open(path, O_RDONLY | O_DIRECTORY, 0), length;
	int count = 0;

	while (fd >= 0 && (length = lkl_sys_getdents64(fd, buffer, sizeof(buffer))) > 0)
		for (long at = 0; at < length; at += ((struct entry *)(buffer + at))->length)
			count += !strncmp(((struct entry *)(buffer + at))->name, prefix, strlen(prefix));
	lkl_sys_close(fd);
	return count;
}

static int mount_image(const char *type)
{
	long error;

	lkl_sys_mkdir("/dev", 0755);
	lkl_sys_mkdir("/mnt", 0755);
	error = lkl_sys_mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	if (error && error != -EBUSY)
		return error;
	return lkl_sys_mount("/dev/vda", "/mnt", type, 0, NULL);
}

static void write_all(void)
{
	char path[64];
	long fd, good = 0;

	fd = lkl_sys_open("/mnt/big", O_CREAT | O_RDWR | O_TRUNC, 0644);
	for (int i = 0; i < BLOCKS; i++) {
		fill(i);
		good += lkl_sys_write(fd, block, BLOCK) == BLOCK;
	}
	ok(good == BLOCKS && lkl_sys_fsync(fd) == 0 && lkl_sys_close(fd) == 0, "16 MiB are written and synchronised");
	ok(lkl_sys_mkdir("/mnt/dir", 0755) == 0, "a directory is made");
	good = 0;
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "/mnt/dir/file-%d", i);
		fd = lkl_sys_open(path, O_CREAT | O_WRONLY, 0600);
		good += fd >= 0 && lkl_sys_write(fd, path, strlen(path)) == (long)strlen(path) && lkl_sys_close(fd) == 0;
	}
	ok(good == FILES, "%d files are made", FILES);
	ok(lkl_sys_rename("/mnt/dir/file-0", "/mnt/renamed") == 0 && lkl_sys_unlink("/mnt/dir/file-1") == 0,
	   "one is renamed, one removed");
}

static void read_all(void)
{
	struct stat status;
	long fd = lkl_sys_open("/mnt/big", O_RDONLY, 0), good = 0;
	char text[64] = "";

	for (int i = 0; i < BLOCKS; i++)
		good += lkl_sys_read(fd, block, BLOCK) == BLOCK && is_filled(i);
	ok(good == BLOCKS && lkl_sys_read(fd, block, 1) == 0, "16 MiB read back the same");
	lkl_sys_close(fd);
	ok(lkl_sys_stat("/mnt/big", &status) == 0 && status.st_size == (off_t)BLOCK * BLOCKS && S_ISREG(status.st_mode),
	   "stat tells its size");
	ok(count_names("/mnt/dir", "file-") == FILES - 2, "the directory lists %d files", FILES - 2);
	fd = lkl_sys_open("/mnt/renamed", O_RDONLY, 0);
	ok(lkl_sys_read(fd, text, sizeof(text)) == 15 && !strcmp(text, "/mnt/dir/file-0"), "the renamed file has its contents");
	lkl_sys_close(fd);
	ok(lkl_sys_open("/mnt/dir/file-1", O_RDONLY, 0) == -ENOENT, "the removed one is gone");
}

int main(int argc, char **argv)
{
	struct lkl_linux_options options = { .quiet = !getenv("LKL_LOG") };
	struct lkl_disk disk;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: disk IMAGE TYPE\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (!ok(fd >= 0 && lkl_linux_init(&options) == 0 && lkl_disk_file(&disk, fd, 0) == 0 && lkl_disk_add(&disk) == 0,
		"the image becomes a disk"))
		return done_testing();
	if (!ok(lkl_linux_start("") == 0, "the kernel boots"))
		return done_testing();
	if (ok(mount_image(argv[2]) == 0, "%s is mounted", argv[2])) {
		write_all();
		read_all();
		ok(lkl_sys_umount2("/mnt", 0) == 0, "it is unmounted");
	}
	ok(lkl_linux_halt() == 0 && lkl_linux_start("") == 0, "the kernel halts and boots again");
	if (ok(mount_image(argv[2]) == 0, "%s is mounted again", argv[2])) {
		read_all();
		ok(lkl_sys_umount2("/mnt", 0) == 0, "it is unmounted");
	}
	ok(lkl_linux_halt() == 0, "the kernel halts");
	ok(lkl_devices_remove() == 0, "the disk is removed");
	close(fd);
	return done_testing();
}
