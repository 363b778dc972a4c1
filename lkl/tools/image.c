// SPDX-License-Identifier: BSD-2-Clause
/*
 * Opening and closing an image: the file becomes a disk of the library kernel,
 * whose file systems are tried one after another unless one was named.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "image.h"
#include "lkl.h"
#include "mount.h"

#define MEMORY	(128UL << 20)	/* mostly cache of the image */

static struct lkl_disk disk;
static const char *image_name;
static int image_fd = -1;

void complain(const char *what, int error)
{
	fprintf(stderr, "lkl: %s: %s\n", what, strerror(error));
}

const char *image_path(const char *path)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s/%s", IMAGE_ROOT, path);
	return full;
}

static void on_panic(const char *reason)
{
	fprintf(stderr, "lkl: %s: the library kernel panicked: %s\n", image_name, reason);
	fprintf(stderr, "lkl: the image is damaged in a way its file system does not survive; check it (fsck)\n");
	_exit(3);
}

/*
 * To read, the disk is a private mapping of the file: a journal can be replayed,
 * and file systems that insist on writing can, without a byte of the image changing.
 */
static int use_private_copy(void)
{
	unsigned long long size = disk.size;
	void *base;

	if (!size)
		return -EINVAL;
	base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, image_fd, 0);
	return base == MAP_FAILED ? -errno : lkl_disk_memory(&disk, base, size);
}

static int open_file(const char *path, const struct image_options *options)
{
	int error;

	image_fd = open(path, (options->writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (image_fd < 0) {
		complain(path, errno);
		return -1;
	}
	if (flock(image_fd, (options->writable ? LOCK_EX : LOCK_SH) | LOCK_NB)) {
		fprintf(stderr, "lkl: %s: another program has locked it; wait until that has ended\n", path);
		return -1;
	}
	error = lkl_disk_file(&disk, image_fd, 0);
	if (!error && !options->writable)
		error = use_private_copy();
	if (error == -ENOTBLK) {
		fprintf(stderr, "lkl: %s: neither a file nor a block device\n", path);
		return -1;
	}
	if (error) {
		complain(path, -error);
		return -1;
	}
	return 0;
}

static int boot(const struct image_options *options)
{
	struct lkl_linux_options host = { .memory = MEMORY, .quiet = !options->verbose, .panic = on_panic };
	int error = lkl_linux_init(&host);

	if (!error)
		error = lkl_disk_add(&disk);
	if (error >= 0)
		error = lkl_linux_start(options->verbose ? "loglevel=7" : "loglevel=1");
	if (error < 0) {
		fprintf(stderr, "lkl: the library kernel does not boot: %s; --verbose shows its log\n", strerror(-error));
		return -1;
	}
	prepare_root();
	lkl_sys_mkdir(IMAGE_ROOT, 0755);
	return 0;
}

static long mount_image(const struct image_options *options)
{
	char device[32];

	if (options->partition)
		snprintf(device, sizeof(device), "/dev/vda%d", options->partition);
	else
		snprintf(device, sizeof(device), "/dev/vda");
	return mount_device(device, IMAGE_ROOT, options->type, options->writable ? 0 : MS_RDONLY, options->mount_options);
}

int image_open(const char *path, const struct image_options *options)
{
	long error;

	image_name = path;
	if (open_file(path, options) || boot(options))
		return -1;
	error = mount_image(options);
	if (!error)
		return 0;
	if (error == -ENOENT || error == -ENXIO)
		fprintf(stderr, "lkl: %s: there is no partition %d\n", path, options->partition);
	else if (error == -ENODEV)
		fprintf(stderr, "lkl: %s: the library kernel has no file system '%s'\n", path, options->type);
	else if (error == -EINVAL)
		fprintf(stderr, "lkl: %s: no file system found; is it on a partition (--partition 1)?\n", path);
	else
		fprintf(stderr, "lkl: %s: can't be mounted: %s; --verbose shows why\n", path, strerror(-error));
	lkl_linux_halt();
	return -1;
}

int image_close(void)
{
	long error = lkl_sys_umount2(IMAGE_ROOT, 0);
	int halted = lkl_linux_halt();

	if (error || halted) {
		fprintf(stderr, "lkl: %s: unmounting failed: %s; what was written may be incomplete\n", image_name,
			strerror(error ? -error : -halted));
		return -1;
	}
	if (close(image_fd)) {
		complain(image_name, errno);
		return -1;
	}
	return 0;
}
