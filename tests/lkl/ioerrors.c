// SPDX-License-Identifier: BSD-2-Clause
/*
 * ioerrors IMAGE TYPE read|write SEED: lists, reads, writes and removes files of
 * an image (a private copy in memory) whose disk fails one request in eight:
 * reads, or writes and flushes. Status 0: no call gave an error; 1: some did, or
 * mounting; 3: the kernel panicked. Messages begin as those of lkl.
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

#define ROUNDS	20

static struct lkl_disk memory;
static int failing, fail_writes, errors, first_error;
static uint32_t state;

static int fails(int writing)
{
	state = state * 1664525 + 1013904223;
	return failing && writing == fail_writes && state >> 29 == 0;
}

static int failing_read(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset)
{
	return fails(0) ? -EIO : memory.read(&memory, pieces, count, offset);
}

static int failing_write(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset)
{
	return fails(1) ? -EIO : memory.write(&memory, pieces, count, offset);
}

static int failing_flush(struct lkl_disk *disk)
{
	return fails(1) ? -EIO : 0;
}

static void on_panic(const char *reason)
{
	fprintf(stderr, "lkl: the library kernel panicked: %s\n", reason);
	_exit(3);
}

static long count(long result)
{
	if (result < 0 && !errors++)
		first_error = -result;
	return result;
}

static void read_names(const char *path)
{
	char names[4096];
	long fd = count(lkl_sys_open(path, O_RDONLY | O_DIRECTORY, 0));

	while (fd >= 0 && count(lkl_sys_getdents64(fd, names, sizeof(names))) > 0)
		;
	if (fd >= 0)
		count(lkl_sys_close(fd));
}

static void write_file(const char *path)
{
	static char bytes[30000];
	long fd = count(lkl_sys_open(path, O_CREAT | O_RDWR, 0644));

	if (fd < 0)
		return;
	count(lkl_sys_write(fd, bytes, sizeof(bytes)));
	count(lkl_sys_fsync(fd));
	count(lkl_sys_pread64(fd, bytes, sizeof(bytes), 0));
	count(lkl_sys_close(fd));
}

static void read_file(const char *path)
{
	static char bytes[65536];
	long fd = count(lkl_sys_open(path, O_RDONLY, 0));

	while (fd >= 0 && count(lkl_sys_read(fd, bytes, sizeof(bytes))) > 0)
		;
	if (fd >= 0)
		count(lkl_sys_close(fd));
}

static void work(void)
{
	char path[64];

	for (int i = 0; i < ROUNDS; i++) {
		snprintf(path, sizeof(path), "/mnt/dir-%d", i);
		count(lkl_sys_mkdir(path, 0755));
		snprintf(path, sizeof(path), "/mnt/dir-%d/file", i);
		write_file(path);
		if (i % 3)
			count(lkl_sys_unlink(path));
		read_names("/mnt/tools");
		read_names("/mnt/host");
		read_file("/mnt/tools/lkl.c");
		read_file("/mnt/host/virtio.c");
	}
}

static void fail(const char *what, long error)
{
	fprintf(stderr, "lkl: %s: %s\n", what, strerror(error < 0 ? -error : error));
	exit(1);
}

static void prepare(const char *image, struct lkl_disk *disk)
{
	struct lkl_linux_options options = { .quiet = !getenv("LKL_LOG"), .panic = on_panic };
	long error = copy_of(image, &memory);

	if (error)
		fail(image, error);
	*disk = memory;
	disk->read = failing_read;
	disk->write = failing_write;
	disk->flush = failing_flush;
	error = boot_with(disk, &options);
	if (error)
		fail("boot", error);
}

int main(int argc, char **argv)
{
	struct lkl_disk disk;
	long error;

	if (argc != 5)
		return 2;
	fail_writes = !strcmp(argv[3], "write");
	state = atoi(argv[4]) * 2654435761U;
	prepare(argv[1], &disk);
	/* Mounting, or what comes after it, meets the errors first. */
	failing = state >> 31;
	error = lkl_sys_mount("/dev/vda", "/mnt", argv[2], 0, NULL);
	if (error) {
		fprintf(stderr, "lkl: %s: can't be mounted: %s\n", argv[1], strerror(-error));
		lkl_linux_halt();
		return 1;
	}
	failing = 1;
	work();
	count(lkl_sys_umount2("/mnt", 0));
	count(lkl_linux_halt());
	if (errors)
		fprintf(stderr, "lkl: %d calls gave errors, the first: %s\n", errors, strerror(first_error));
	return errors != 0;
}
