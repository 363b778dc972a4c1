// SPDX-License-Identifier: BSD-2-Clause
/*
 * Opening and closing an image: the file becomes a disk of the library kernel,
 * whose file systems are tried one after another unless one was named.
 */
#define _GNU_SOURCE
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
#include "message.h"
#include "mount.h"
#include "refusal.h"

#define MEMORY	(128UL << 20)	/* mostly cache of the image */

static struct lkl_disk disk;
static const char *image_name;
static int image_fd = -1;

const char *image_path(const char *path)
{
	static char full[sizeof(IMAGE_ROOT) + PATH_MAX];

	/* What is longer is cut, and refused by the kernel as too long. */
	snprintf(full, sizeof(full), "%s/%s", IMAGE_ROOT, path);
	return full;
}

static void on_panic(const char *reason)
{
	tell("%s: the library kernel panicked: %s", image_name, reason);
	tell("the image is damaged in a way its file system does not survive; check it (fsck)");
	_exit(3);
}

/*
 * To read, the disk is a private mapping of the file: a journal can be replayed,
 * and file systems that insist on writing can, without a byte of the image changing.
 */
static int use_private_copy(void)
{
	unsigned long long size = disk.size;
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, image_fd, 0);

	return base == MAP_FAILED ? -errno : lkl_disk_memory(&disk, base, size);
}

/* A directory, or a pipe without a writer, is refused before it is opened. */
static int open_file(const char *path, const struct image_options *options)
{
	const char *refusal;
	struct stat status;
	int error;

	refusal = stat(path, &status) ? NULL : file_refusal(&status);
	if (refusal) {
		tell("%s: %s", path, refusal);
		return -1;
	}
	image_fd = open(path, (options->writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (image_fd < 0) {
		error = errno;
		tell("%s: %s%s", path, strerror(error), options->read_only_option && (error == EACCES || error == EROFS) && !access(path, R_OK) ?
		     options->read_only_option : "");
		return -1;
	}
	if (flock(image_fd, (options->writable ? LOCK_EX : LOCK_SH) | LOCK_NB)) {
		tell("%s: another program has locked it; wait until that has ended", path);
		return -1;
	}
	error = lkl_disk_file(&disk, image_fd, 0);
	if (!error && !options->writable)
		error = use_private_copy();
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
		tell("the library kernel does not boot: %s; --verbose shows its log", strerror(-error));
		return -1;
	}
	prepare_root();
	lkl_sys_mkdir(IMAGE_ROOT, 0755);
	return 0;
}

int image_open(const char *path, const struct image_options *options)
{
	struct attempt attempt = { .type = options->type, .partition = options->partition, .partition_option = "-P 1", .log_option = "--verbose" };
	char device[32], reason[512];

	image_name = path;
	if (open_file(path, options) || boot(options))
		return -1;
	if (options->partition)
		snprintf(device, sizeof(device), "/dev/vda%d", options->partition);
	else
		snprintf(device, sizeof(device), "/dev/vda");
	attempt.device = device;
	attempt.error = mount_device(device, IMAGE_ROOT, options->type, options->writable ? 0 : MS_RDONLY, options->mount_options);
	if (!attempt.error)
		return 0;
	mount_refusal(reason, sizeof(reason), &attempt);
	tell("%s: %s", path, reason);
	lkl_linux_halt();
	return -1;
}

int image_close(void)
{
	long error = lkl_sys_umount2(IMAGE_ROOT, 0);
	int halted = lkl_linux_halt();

	if (error || halted) {
		tell("%s: unmounting failed: %s; what was written may be incomplete", image_name, strerror(error ? -error : -halted));
		return -1;
	}
	if (close(image_fd)) {
		complain(image_name, errno);
		return -1;
	}
	return 0;
}
