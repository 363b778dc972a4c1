// SPDX-License-Identifier: BSD-2-Clause
/*
 * The library's half of the power-cut test. record IMAGE LOG TYPE ROUNDS: files are
 * made, written, renamed, removed and synchronised on a copy of the image in
 * memory, and each write of the disk goes to the log: offset and length, 64 bits
 * each, then the bytes; a length of 0 is a flush. replay IMAGE TYPE: mounts and
 * unmounts, which replays a journal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lkl.h"
#include "mounted.h"

static struct lkl_disk memory;
static FILE *history;

static void note(uint64_t offset, uint64_t length, const struct iovec *pieces, int count)
{
	uint64_t head[2] = { offset, length };

	fwrite(head, sizeof(head), 1, history);
	for (int i = 0; i < count; i++)
		fwrite(pieces[i].iov_base, 1, pieces[i].iov_len, history);
}

static int logged_read(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset)
{
	return memory.read(&memory, pieces, count, offset);
}

static int logged_write(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset)
{
	uint64_t length = 0;

	for (int i = 0; i < count; i++)
		length += pieces[i].iov_len;
	note(offset, length, pieces, count);
	return memory.write(&memory, pieces, count, offset);
}

static int logged_flush(struct lkl_disk *disk)
{
	note(0, 0, NULL, 0);
	return 0;
}

static void fail(const char *what, long error)
{
	fprintf(stderr, "powercut: %s: %s\n", what, strerror(error < 0 ? -error : error));
	exit(1);
}

static void start(struct lkl_disk *disk, const char *type)
{
	struct lkl_linux_options options = { .quiet = !getenv("LKL_LOG") };
	long error = boot_with(disk, &options);

	if (error)
		fail("boot", error);
	error = lkl_sys_mount("/dev/vda", "/mnt", type, 0, NULL);
	if (error)
		fail("mount", error);
}

static void stop(void)
{
	long error = lkl_sys_umount2("/mnt", 0);

	if (!error)
		error = lkl_linux_halt();
	if (error)
		fail("unmount", error);
}

static void write_file(const char *path, int size, int synchronise)
{
	static char bytes[40000];
	long fd = lkl_sys_open(path, O_CREAT | O_WRONLY, 0644);

	memset(bytes, size, sizeof(bytes));
	if (fd < 0 || lkl_sys_write(fd, bytes, size) != size)
		fail(path, fd < 0 ? fd : EIO);
	if (synchronise)
		lkl_sys_fsync(fd);
	lkl_sys_close(fd);
}

static void work(int rounds)
{
	char path[64], other[64];

	for (int i = 0; i < rounds; i++) {
		snprintf(path, sizeof(path), "/mnt/dir-%d", i);
		lkl_sys_mkdir(path, 0755);
		for (int k = 0; k < 6; k++) {
			snprintf(path, sizeof(path), "/mnt/dir-%d/file-%d", i, k);
			write_file(path, 100 + (i * 977 + k * 6211) % 39000, k == 3);
		}
		snprintf(other, sizeof(other), "/mnt/moved-%d", i);
		lkl_sys_rename(path, other);
		lkl_sys_truncate(other, 50);
		if (i >= 4) {
			for (int k = 0; k < 5; k++) {
				snprintf(path, sizeof(path), "/mnt/dir-%d/file-%d", i - 4, k);
				lkl_sys_unlink(path);
			}
			snprintf(path, sizeof(path), "/mnt/dir-%d", i - 4);
			lkl_sys_rmdir(path);
		}
		if (i % 8 == 7)
			lkl_sys_sync();
	}
}

static void record(const char *image, const char *log, const char *type, int rounds)
{
	struct lkl_disk disk;
	long error = copy_of(image, &memory);

	if (error)
		fail(image, error);
	history = fopen(log, "w");
	if (!history)
		fail(log, errno);
	disk = memory;
	disk.read = logged_read;
	disk.write = logged_write;
	disk.flush = logged_flush;
	start(&disk, type);
	work(rounds);
	stop();
	if (fclose(history))
		fail(log, errno);
}

static void replay(const char *image, const char *type)
{
	struct lkl_disk disk;
	int fd = open(image, O_RDWR), error;

	if (fd < 0)
		fail(image, errno);
	error = lkl_disk_file(&disk, fd, 0);
	if (error)
		fail(image, error);
	disk.flush = NULL;		/* the test's own file need not be durable */
	start(&disk, type);
	stop();
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "record"))
		record(argv[2], argv[3], argv[4], atoi(argv[5]));
	else if (argc == 4 && !strcmp(argv[1], "replay"))
		replay(argv[2], argv[3]);
	else
		return 2;
	return 0;
}
