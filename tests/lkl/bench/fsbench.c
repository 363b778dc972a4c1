// SPDX-License-Identifier: BSD-2-Clause
/*
 * fsbench lkl|native IMAGE [QUICK]: what an ext4 image is worth to a program: by
 * a library kernel in it, or mounted by a loop device of the host's kernel, which
 * takes root; the program then has a mount namespace of its own. A line a figure:
 * case, unit, value, the median of ROUNDS. Cold means: just mounted, so nothing of
 * the file is in the caches of the kernel that has the file system; the image
 * itself stays in the host's. Status 4: mounting is not allowed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../kernel.h"
#include "../mounted.h"
#include "figures.h"
#include "lkl.h"

#define ROUNDS		5
#define BLOCK		65536
#define NOT_ALLOWED	4

static long blocks = 1024;	/* 64 MiB */
static int small_files = 2000;
static char block[BLOCK] __attribute__((aligned(4096)));
static char device[32] = "/dev/vda", place[] = "/tmp/fsbench-XXXXXX";
static const char *file_path = "/mnt/file";

static void die(const char *what, long error)
{
	fprintf(stderr, "fsbench: %s: %s\n", what, strerror(error < 0 ? -error : error));
	exit(error == -EPERM || error == EPERM || error == EACCES ? NOT_ALLOWED : 1);
}

static const char *mount_point(void)
{
	return kernel == native_call ? place : "/mnt";
}

static void mount_it(void)
{
	long error = CALL(mount, device, mount_point(), "ext4", 0, NULL);

	if (error)
		die("mount", error);
}

static void unmount_it(void)
{
	long error = CALL(umount2, mount_point(), 0);

	if (error)
		die("umount", error);
}

/* GB/s, with the synchronisation at the end */
static double write_file(void)
{
	long fd = CALL(open, file_path, O_CREAT | O_TRUNC | O_WRONLY, 0644), error;
	double start = now();

	for (long i = 0; i < blocks; i++)
		if (CALL(write, fd, block, BLOCK) != BLOCK)
			die("write", ENOSPC);
	error = CALL(fsync, fd);
	if (error)
		die("fsync", error);
	start = now() - start;
	CALL(close, fd);
	return blocks * BLOCK / start / 1e9;
}

/* GB/s */
static double read_cold(void)
{
	double start;
	long fd;

	unmount_it();
	mount_it();
	fd = CALL(open, file_path, O_RDONLY, 0);
	start = now();
	for (long i = 0; i < blocks; i++)
		if (CALL(read, fd, block, BLOCK) != BLOCK)
			die("read", EIO);
	start = now() - start;
	CALL(close, fd);
	return blocks * BLOCK / start / 1e9;
}

/* us from the creation of a file with 4096 bytes to its removal */
static double short_life(void)
{
	char path[64];
	double start;
	long fd;

	snprintf(path, sizeof(path), "%s/small", mount_point());
	start = now();
	for (int i = 0; i < small_files; i++) {
		fd = CALL(open, path, O_CREAT | O_WRONLY, 0644);
		if (fd < 0 || CALL(write, fd, block, 4096) != 4096)
			die("small file", fd < 0 ? fd : EIO);
		CALL(close, fd);
		CALL(unlink, path);
	}
	return (now() - start) / small_files * 1e6;
}

static void measure(const char *name, const char *unit, double (*once)(void))
{
	double values[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		values[i] = once();
	printf("%s\t%s\t%.4g\n", name, unit, median(values, ROUNDS));
}

static void prepare_library(const char *image)
{
	static struct lkl_disk disk;
	struct lkl_linux_options options = { .memory = 256 << 20, .quiet = 1 };
	long error = lkl_disk_file(&disk, open(image, O_RDWR), 0);

	if (!error)
		error = boot_with(&disk, &options);
	if (error)
		die("the library kernel", error);
}

/* A free loop device for the image; it goes away when it is unmounted and closed. */
static int prepare_native(const char *image)
{
	struct loop_config config = { .fd = open(image, O_RDWR), .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int control, number, fd;

	kernel = native_call;
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		die("mount namespace", errno);
	control = open("/dev/loop-control", O_RDWR);
	number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	if (number < 0)
		die("loop device", errno);
	snprintf(device, sizeof(device), "/dev/loop%d", number);
	fd = open(device, O_RDWR);
	if (fd < 0 || ioctl(fd, LOOP_CONFIGURE, &config))
		die(device, errno);
	if (!mkdtemp(place))
		die(place, errno);
	return fd;
}

int main(int argc, char **argv)
{
	static char native_file[64];
	int fd = -1;

	if (argc < 3 || (strcmp(argv[1], "lkl") && strcmp(argv[1], "native")))
		return 2;
	if (argc > 3) {
		blocks /= 8;
		small_files /= 10;
	}
	memset(block, 'x', sizeof(block));
	if (!strcmp(argv[1], "lkl")) {
		prepare_library(argv[2]);
	} else {
		fd = prepare_native(argv[2]);
		snprintf(native_file, sizeof(native_file), "%s/file", place);
		file_path = native_file;
	}
	mount_it();
	measure("ext4 write and fsync", "GB/s", write_file);
	measure("ext4 cold read", "GB/s", read_cold);
	measure("ext4 create to unlink", "us", short_life);
	unmount_it();
	if (fd < 0) {
		lkl_linux_halt();
	} else {
		close(fd);
		rmdir(place);
	}
	return 0;
}
