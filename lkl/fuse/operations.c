// SPDX-License-Identifier: BSD-2-Clause
/*
 * FUSE's requests as system calls of the library kernel. Several threads at once;
 * each has its own context there, nothing is kept here. Open files and
 * directories are the library kernel's descriptors. All is done as root; what is
 * made gets the user and group of who asked.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../tools/directory.h"
#include "../tools/image.h"
#include "lkl.h"
#include "operations.h"

#define CALL(...)	PAD(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define PAD(number, a, b, c, d, e, f, ...)	\
	lkl_call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* A path in the library kernel, from a path in the file system; longer ones than fit are cut, and then not found. */
struct full {
	char	path[sizeof(IMAGE_ROOT) + PATH_MAX];
};

static const char *full(struct full *full, const char *path)
{
	snprintf(full->path, sizeof(full->path), "%s%s", IMAGE_ROOT, path);
	return full->path;
}

#define FULL(name)	full(&(struct full){ "" }, name)

static void *begin(struct fuse_conn_info *connection, struct fuse_config *config)
{
	config->use_ino = 1;
	return NULL;
}

/* To who asked. File systems without owners refuse, and that is right. */
static void give_away(const char *path)
{
	struct fuse_context *context = fuse_get_context();

	CALL(SYS_lchown, path, context->uid, context->gid);
}

static int get_attributes(const char *path, struct stat *status, struct fuse_file_info *file)
{
	return file ? lkl_sys_fstat(file->fh, status) : lkl_sys_lstat(FULL(path), status);
}

static int read_link(const char *path, char *target, size_t size)
{
	long length = lkl_sys_readlink(FULL(path), target, size - 1);

	if (length < 0)
		return length;
	target[length] = 0;
	return 0;
}

static int make_node(const char *path, mode_t mode, dev_t device)
{
	struct full name;
	long error = lkl_sys_mknod(full(&name, path), mode, device);

	if (!error)
		give_away(name.path);
	return error;
}

static int make_directory(const char *path, mode_t mode)
{
	struct full name;
	long error = lkl_sys_mkdir(full(&name, path), mode);

	if (!error)
		give_away(name.path);
	return error;
}

static int make_link(const char *target, const char *path)
{
	struct full name;
	long error = lkl_sys_symlink(target, full(&name, path));

	if (!error)
		give_away(name.path);
	return error;
}

static int remove_file(const char *path)
{
	return lkl_sys_unlink(FULL(path));
}

static int remove_directory(const char *path)
{
	return lkl_sys_rmdir(FULL(path));
}

static int rename_file(const char *from, const char *to, unsigned int flags)
{
	return CALL(SYS_renameat2, AT_FDCWD, FULL(from), AT_FDCWD, FULL(to), flags);
}

static int link_file(const char *from, const char *to)
{
	return lkl_sys_link(FULL(from), FULL(to));
}

static int change_mode(const char *path, mode_t mode, struct fuse_file_info *file)
{
	return file ? CALL(SYS_fchmod, file->fh, mode) : lkl_sys_chmod(FULL(path), mode);
}

static int change_owner(const char *path, uid_t user, gid_t group, struct fuse_file_info *file)
{
	return file ? CALL(SYS_fchown, file->fh, user, group) : CALL(SYS_lchown, FULL(path), user, group);
}

static int change_size(const char *path, off_t size, struct fuse_file_info *file)
{
	return file ? lkl_sys_ftruncate(file->fh, size) : lkl_sys_truncate(FULL(path), size);
}

static int change_times(const char *path, const struct timespec times[2], struct fuse_file_info *file)
{
	return file ? CALL(SYS_utimensat, file->fh, NULL, times, 0) :
		lkl_sys_utimensat(AT_FDCWD, FULL(path), times, AT_SYMLINK_NOFOLLOW);
}

/* The rest of an open file's flags is acted on by the system's kernel; its pages are not the arena's, so none are read directly. */
static int keep(long fd, struct fuse_file_info *file)
{
	if (fd < 0)
		return fd;
	file->fh = fd;
	return 0;
}

static int open_file(const char *path, struct fuse_file_info *file)
{
	return keep(lkl_sys_open(FULL(path), (file->flags & (O_ACCMODE | O_TRUNC | O_NOFOLLOW | O_SYNC)) | O_CLOEXEC, 0), file);
}

static int create_file(const char *path, mode_t mode, struct fuse_file_info *file)
{
	int flags = (file->flags & (O_ACCMODE | O_EXCL | O_TRUNC | O_SYNC)) | O_CREAT | O_CLOEXEC;
	struct full name;
	int error = keep(lkl_sys_open(full(&name, path), flags, mode), file);

	if (!error)
		give_away(name.path);
	return error;
}

static int read_file(const char *path, char *data, size_t size, off_t at, struct fuse_file_info *file)
{
	size_t done = 0;
	long got = 1;

	/* Less than was asked for means the end to the system's kernel. */
	while (done < size && got > 0) {
		got = lkl_sys_pread64(file->fh, data + done, size - done, at + done);
		if (got > 0)
			done += got;
	}
	return done || got >= 0 ? (int)done : (int)got;
}

static int write_file(const char *path, const char *data, size_t size, off_t at, struct fuse_file_info *file)
{
	return lkl_sys_pwrite64(file->fh, data, size, at);
}

static int get_statistics(const char *path, struct statvfs *to)
{
	struct statfs from;
	long error = lkl_sys_statfs(FULL(path), &from);

	if (error)
		return error;
	*to = (struct statvfs){
		.f_bsize = from.f_bsize, .f_frsize = from.f_frsize, .f_blocks = from.f_blocks, .f_bfree = from.f_bfree,
		.f_bavail = from.f_bavail, .f_files = from.f_files, .f_ffree = from.f_ffree, .f_namemax = from.f_namelen,
	};
	return 0;
}

static int close_file(const char *path, struct fuse_file_info *file)
{
	return lkl_sys_close(file->fh);
}

static int sync_file(const char *path, int data_only, struct fuse_file_info *file)
{
	return data_only ? CALL(SYS_fdatasync, file->fh) : lkl_sys_fsync(file->fh);
}

static int allocate(const char *path, int mode, off_t at, off_t size, struct fuse_file_info *file)
{
	return CALL(SYS_fallocate, file->fh, mode, at, size);
}

static off_t seek_file(const char *path, off_t at, int whence, struct fuse_file_info *file)
{
	return lkl_sys_lseek(file->fh, at, whence);
}

static int set_attribute(const char *path, const char *name, const char *value, size_t size, int flags)
{
	return CALL(SYS_lsetxattr, FULL(path), name, value, size, flags);
}

static int get_attribute(const char *path, const char *name, char *value, size_t size)
{
	return CALL(SYS_lgetxattr, FULL(path), name, value, size);
}

static int list_attributes(const char *path, char *list, size_t size)
{
	return CALL(SYS_llistxattr, FULL(path), list, size);
}

static int remove_attribute(const char *path, const char *name)
{
	return CALL(SYS_lremovexattr, FULL(path), name);
}

static int open_directory(const char *path, struct fuse_file_info *file)
{
	return keep(lkl_sys_open(FULL(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), file);
}

/* Positions are the library kernel's own, so a directory is never kept here. */
static int read_directory(const char *path, void *buffer, fuse_fill_dir_t fill, off_t at, struct fuse_file_info *file,
			  enum fuse_readdir_flags flags)
{
	char records[8192];
	long length = lkl_sys_lseek(file->fh, at, SEEK_SET);

	while (length >= 0 && (length = lkl_sys_getdents64(file->fh, records, sizeof(records))) > 0) {
		for_each_record(record, records, length) {
			struct stat status = { .st_ino = record->inode, .st_mode = record->type << 12 };

			if (fill(buffer, record->name, &status, record->next, 0))
				return 0;
		}
	}
	return length;
}

const struct fuse_operations fuse_operations = {
	.init		= begin,
	.getattr	= get_attributes,
	.readlink	= read_link,
	.mknod		= make_node,
	.mkdir		= make_directory,
	.symlink	= make_link,
	.unlink		= remove_file,
	.rmdir		= remove_directory,
	.rename		= rename_file,
	.link		= link_file,
	.chmod		= change_mode,
	.chown		= change_owner,
	.truncate	= change_size,
	.utimens	= change_times,
	.open		= open_file,
	.create		= create_file,
	.read		= read_file,
	.write		= write_file,
	.statfs		= get_statistics,
	.release	= close_file,
	.fsync		= sync_file,
	.fallocate	= allocate,
	.lseek		= seek_file,
	.setxattr	= set_attribute,
	.getxattr	= get_attribute,
	.listxattr	= list_attributes,
	.removexattr	= remove_attribute,
	.opendir	= open_directory,
	.readdir	= read_directory,
	.releasedir	= close_file,
	.fsyncdir	= sync_file,
};
