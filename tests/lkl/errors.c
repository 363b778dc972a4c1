// SPDX-License-Identifier: BSD-2-Clause
/*
 * errors IMAGE: what a program sees when its disk fails and when the kernel in it
 * panics. The image holds an ext4 file system. A read error gives EIO; with
 * errors=panic it is a panic: the handler is called, calls give EIO, and the
 * program halts the kernel and boots another. TAP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lkl.h"
#include "mounted.h"
#include "tap.h"

static struct lkl_disk file, disk;
static int failing, panics;
static char reason[200];

static int failing_read(struct lkl_disk *self, const struct iovec *pieces, int count, unsigned long long offset)
{
	return failing ? -EIO : file.read(&file, pieces, count, offset);
}

static int plain_write(struct lkl_disk *self, const struct iovec *pieces, int count, unsigned long long offset)
{
	return file.write(&file, pieces, count, offset);
}

static void on_panic(const char *why)
{
	panics++;
	strncpy(reason, why, sizeof(reason) - 1);
}

static long boot_and_mount(const char *options)
{
	long error = lkl_linux_start("loglevel=7");

	if (error)
		return error;
	make_places();
	return lkl_sys_mount("/dev/vda", "/mnt", "ext4", 0, options);
}

static int ends[2];

static void *block_in_call(void *argument)
{
	char byte;

	*(long *)argument = lkl_sys_read(ends[0], &byte, 1);
	return NULL;
}

static void make_files(void)
{
	char text[4096];
	long fd;

	memset(text, 'x', sizeof(text));
	lkl_sys_mkdir("/mnt/dir", 0755);
	fd = lkl_sys_open("/mnt/dir/file", O_CREAT | O_WRONLY, 0644);
	lkl_sys_write(fd, text, sizeof(text));
	lkl_sys_close(fd);
	ok(lkl_sys_umount2("/mnt", 0) == 0 && lkl_linux_halt() == 0, "a file is made");
}

static void read_error(void)
{
	char text[4096];
	long fd;

	ok(boot_and_mount("errors=continue") == 0, "mounted again");
	fd = lkl_sys_open("/mnt/dir/file", O_RDONLY, 0);
	failing = 1;
	ok(lkl_sys_read(fd, text, sizeof(text)) == -EIO, "reading from a disk that fails gives EIO");
	failing = 0;
	ok(lkl_sys_read(fd, text, sizeof(text)) == sizeof(text) && text[100] == 'x', "when it works again, the contents");
	lkl_sys_close(fd);
	ok(lkl_sys_umount2("/mnt", 0) == 0 && lkl_linux_halt() == 0, "unmounted and halted");
}

static void panic(void)
{
	struct stat status;
	pthread_t thread;
	long blocked = 0;
	struct timespec pause = { 0, 5000000 };

	ok(boot_and_mount("errors=panic") == 0, "mounted with errors=panic");
	lkl_sys_pipe2(ends, 0);
	pthread_create(&thread, NULL, block_in_call, &blocked);
	lkl_sys_nanosleep(&pause, NULL);
	failing = 1;
	ok(lkl_sys_stat("/mnt/dir/file", &status) == -EIO, "the call that panics gives EIO");
	failing = 0;
	ok(panics == 1 && strstr(reason, "EXT4"), "the handler was called once, with the reason: %s", reason);
	pthread_join(thread, NULL);
	ok(blocked == -EIO, "a call that was blocked gives EIO");
	ok(lkl_sys_getpid() == -EIO, "later calls give EIO");
	ok(lkl_linux_halt() == 0, "the kernel is halted");
	ok(boot_and_mount("errors=continue") == 0 && lkl_sys_stat("/mnt/dir/file", &status) == 0, "another boots, and finds the file");
	ok(lkl_sys_umount2("/mnt", 0) == 0 && lkl_linux_halt() == 0, "unmounted and halted");
}

int main(int argc, char **argv)
{
	struct lkl_linux_options options = { .quiet = !getenv("LKL_LOG"), .panic = on_panic };
	int fd = argc == 2 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0 || lkl_disk_file(&file, fd, 0)) {
		fprintf(stderr, "usage: errors IMAGE\n");
		return 2;
	}
	disk = file;
	disk.read = failing_read;
	disk.write = plain_write;
	disk.flush = NULL;
	if (ok(lkl_linux_init(&options) == 0 && lkl_disk_add(&disk) == 0 && boot_and_mount("") == 0, "the image is mounted")) {
		make_files();
		read_error();
		panic();
	}
	return done_testing();
}
