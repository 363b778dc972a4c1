// SPDX-License-Identifier: BSD-2-Clause
/*
 * disk IMAGE TYPE: mounts a file system from an image, lists, reads, writes and
 * renames in it, also past the cache, unmounts and halts; a second boot of the
 * same process finds what the first wrote, and halts without unmounting, with
 * files open; a third has the image as a read-only disk, which a journal to
 * replay would make useless. The caller checks the image with the file system's
 * own tools. TAP.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../../lkl/tools/directory.h"
#include "lkl.h"
#include "mounted.h"
#include "tap.h"

#define BLOCK	65536
#define BLOCKS	256		/* 16 MiB */
#define FILES	200

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
		for_each_record(record, buffer, length)
			count += !strncmp(record->name, prefix, strlen(prefix));
	lkl_sys_close(fd);
	return count;
}

static int mount_image(const char *type, unsigned long flags)
{
	long error = make_places();

	if (error && error != -EBUSY)
		return error;
	return lkl_sys_mount("/dev/vda", "/mnt", type, flags, NULL);
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

/* Past the cache, with memory of the program (at an odd address too) and of the kernel. */
static void direct(void)
{
	static unsigned char memory[3 * BLOCK] __attribute__((aligned(4096)));
	struct iovec pieces[2] = { { memory, 4096 }, { memory + BLOCK, BLOCK } };
	unsigned char *inside;
	long fd, whole, good = 0;

	fd = lkl_sys_open("/mnt/direct", O_CREAT | O_RDWR | O_TRUNC | O_DIRECT, 0644);
	if (!ok(fd >= 0, "a file is opened with O_DIRECT"))
		return;
	for (int i = 0; i < 8; i++) {
		fill(1000 + i);
		memcpy(memory, block, BLOCK);
		good += lkl_sys_pwrite64(fd, memory, BLOCK, (long)i * BLOCK) == BLOCK;
	}
	ok(good == 8, "512 KiB are written from the program's memory");
	whole = lkl_sys_read(fd, memory, 3 * BLOCK);
	fill(1002);
	ok(whole == 3 * BLOCK && !memcmp(memory + 2 * BLOCK, block, BLOCK) && lkl_sys_lseek(fd, 0, SEEK_CUR) == whole,
	   "read into it, and the position moves on");
	memset(memory, 0, sizeof(memory));
	fill(1000);
	ok(lkl_call(SYS_preadv, fd, (long)pieces, 2, 0, 0, 0) == 4096 + BLOCK && !memcmp(memory, block, 4096) &&
	   !memcmp(memory + BLOCK, block + 4096, BLOCK - 4096), "a list of pieces");
	ok(lkl_sys_pread64(fd, memory, BLOCK, 8L * BLOCK) == 0 && lkl_sys_pread64(fd, memory, 2 * BLOCK, 7L * BLOCK) == BLOCK,
	   "the end of the file ends a read");
	ok(lkl_sys_pread64(fd, (void *)4096, BLOCK, 0) == -EFAULT && lkl_sys_pwrite64(fd, (void *)4096, BLOCK, 0) == -EFAULT,
	   "a bad address gives EFAULT");
	inside = (void *)lkl_call(SYS_mmap, 0, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fill(1003);
	ok((long)inside > 0 && lkl_sys_pread64(fd, inside, BLOCK, 3L * BLOCK) == BLOCK && !memcmp(inside, block, BLOCK),
	   "read into the kernel's memory");
	ok(lkl_sys_close(fd) == 0 && lkl_sys_unlink("/mnt/direct") == 0, "the file is removed");
}

/* One more file, which stays open, and one that is open and has no name any more. */
static void leave_open(void)
{
	long fd = lkl_sys_open("/mnt/left", O_CREAT | O_RDWR, 0644), gone = lkl_sys_open("/mnt/gone", O_CREAT | O_RDWR, 0644);

	fill(7);
	ok(lkl_sys_write(fd, block, BLOCK) == BLOCK && lkl_sys_write(gone, block, BLOCK) == BLOCK &&
	   lkl_sys_unlink("/mnt/gone") == 0, "files are left open");
}

static int find_left(void)
{
	struct stat status;
	long fd = lkl_sys_open("/mnt/left", O_RDONLY, 0), got = lkl_sys_read(fd, block, BLOCK);

	lkl_sys_close(fd);
	return got == BLOCK && is_filled(7) && lkl_sys_stat("/mnt/gone", &status) == -ENOENT;
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
	if (ok(mount_image(argv[2], 0) == 0, "%s is mounted", argv[2])) {
		write_all();
		read_all();
		direct();
		ok(lkl_sys_umount2("/mnt", 0) == 0, "it is unmounted");
	}
	ok(lkl_linux_halt() == 0 && lkl_linux_start("") == 0, "the kernel halts and boots again");
	if (ok(mount_image(argv[2], 0) == 0, "%s is mounted again", argv[2])) {
		read_all();
		leave_open();
	}
	ok(lkl_linux_halt() == 0 && lkl_devices_remove() == 0, "the kernel halts, with the file system mounted");
	ok(lkl_disk_file(&disk, fd, 1) == 0 && lkl_disk_add(&disk) == 0 && lkl_linux_start("") == 0, "the image is a read-only disk");
	if (ok(mount_image(argv[2], MS_RDONLY) == 0, "it is mounted, so there is nothing to replay")) {
		read_all();
		ok(find_left(), "files that were open are whole, or gone if they had no name");
		ok(lkl_sys_umount2("/mnt", 0) == 0, "it is unmounted");
	}
	ok(lkl_linux_halt() == 0, "the kernel halts");
	ok(lkl_devices_remove() == 0, "the disk is removed");
	close(fd);
	return done_testing();
}
