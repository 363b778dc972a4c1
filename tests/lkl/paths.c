// SPDX-License-Identifier: BSD-2-Clause
/*
 * An ordinary program that works on files below a directory, given as argument,
 * in many ways. It has to pass natively and under `lkl run`, with the directory
 * in the system's kernel or in an image. TAP. What it leaves is checked by its
 * caller: kept/file with 100000 bytes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tap.h"

#define SIZE	100000

static char data[SIZE], back[SIZE], started[PATH_MAX];

static void files(void)
{
	struct iovec pieces[2] = { { back, 10 }, { back + 10, 90 } };
	struct stat status;
	char *map;
	int fd = open("sub/file", O_CREAT | O_EXCL | O_RDWR, 0640);

	ok(fd >= 0 && write(fd, data, SIZE) == SIZE, "a file is written");
	ok(lseek(fd, 0, SEEK_SET) == 0 && read(fd, back, SIZE) == SIZE && !memcmp(data, back, SIZE), "and read back");
	ok(pread(fd, back, 100, 777) == 100 && !memcmp(back, data + 777, 100), "a part of it, too");
	ok(preadv(fd, pieces, 2, 50) == 100 && !memcmp(back, data + 50, 100), "and in pieces");
	ok(!fstat(fd, &status) && status.st_size == SIZE && (status.st_mode & 0777) == 0640, "its size and mode are right");
	ok(open("sub/file", O_CREAT | O_EXCL | O_RDWR, 0600) < 0 && errno == EEXIST, "it can't be made again");
	map = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
	ok(map != MAP_FAILED && !memcmp(map, data, SIZE), "it can be mapped to read");
	if (map != MAP_FAILED)
		munmap(map, SIZE);
	ok(!fsync(fd) && !ftruncate(fd, 10) && !stat("sub/file", &status) && status.st_size == 10, "it is cut");
	ok(!close(fd) && read(fd, back, 1) < 0 && errno == EBADF, "and closed");
	ok(!chmod("sub/file", 0600) && !stat("sub/file", &status) && (status.st_mode & 0777) == 0600, "its mode is changed");
	ok(!access("sub/file", R_OK) && access("sub/none", R_OK) < 0 && errno == ENOENT, "access() tells what there is");
	ok(open("sub/file/x", O_RDONLY) < 0 && errno == ENOTDIR, "a file is no directory");
}

static void names(const char *top)
{
	char path[PATH_MAX], target[PATH_MAX], *found;
	struct stat one, other;

	ok(!link("sub/file", "sub/link") && !stat("sub/link", &one) && one.st_nlink == 2, "a second name");
	ok(!symlink("file", "sub/symbolic") && readlink("sub/symbolic", target, sizeof(target)) == 4 && !memcmp(target, "file", 4), "a symbolic link");
	ok(!lstat("sub/symbolic", &one) && S_ISLNK(one.st_mode) && !stat("sub/symbolic", &other) && S_ISREG(other.st_mode), "lstat() sees it, stat() what it points to");
	found = realpath("sub/../sub/./symbolic", NULL);
	snprintf(path, sizeof(path), "%s/sub/file", top);
	ok(found && !strcmp(found, path), "realpath() follows it");
	free(found);
	ok(fchmodat(AT_FDCWD, "sub/symbolic", 0777, AT_SYMLINK_NOFOLLOW) < 0 && errno == EOPNOTSUPP && !stat("sub/file", &one) &&
	   (one.st_mode & 0777) == 0600, "fchmodat() changes no link, and not what it points to");
	ok(!fchmodat(AT_FDCWD, "sub/file", 0640, AT_SYMLINK_NOFOLLOW) && !stat("sub/file", &one) && (one.st_mode & 0777) == 0640, "but a file");
	ok(fchmodat(AT_FDCWD, "sub/file", 0600, 1 << 20) < 0 && errno == EINVAL, "it has no other flags");
	ok(!rename("sub/link", "sub/renamed") && stat("sub/link", &one) < 0 && errno == ENOENT, "a file gets another name");
	ok(rename("sub/renamed", "/dev/null/x") < 0, "one that can't be is refused");
	ok(!unlink("sub/renamed") && !remove("sub/symbolic") && !remove("sub/file"), "names are removed");
	strcpy(path, "sub/tempXXXXXX");
	ok(!close(mkstemp(path)) && !stat(path, &one) && (one.st_mode & 0777) == 0600 && !unlink(path), "mkstemp() makes a file of its own");
}

static int count(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	int number = 0;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		number += !strncmp(entry->d_name, "entry-", 6);
	rewinddir(dir);
	while ((entry = readdir(dir)))
		number += !strncmp(entry->d_name, "entry-", 6);
	if (fcntl(dirfd(dir), F_GETFD) != FD_CLOEXEC)
		number = -1;
	return closedir(dir) ? -1 : number;
}

static void directories(const char *top)
{
	char path[64], cwd[PATH_MAX], expected[PATH_MAX];
	int dir, fd, made = 0;
	char *found;

	for (int i = 0; i < 500; i++) {
		snprintf(path, sizeof(path), "sub/entry-%d", i);
		fd = creat(path, 0644);
		made += fd >= 0 && !close(fd);
	}
	ok(made == 500 && count("sub") == 1000, "500 files are listed, twice");
	dir = open("sub", O_RDONLY | O_DIRECTORY);
	fd = openat(dir, "entry-7", O_RDONLY);
	ok(fd >= 0 && !close(fd) && !unlinkat(dir, "entry-7", 0), "a file is found from an open directory");
	ok(!chdir("sub") && !access("entry-8", F_OK) && !access("../sub/entry-8", F_OK), "the working directory changes");
	snprintf(expected, sizeof(expected), "%s/sub", top);
	ok(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, expected), "getcwd() tells");
	errno = 0;
	found = getcwd(NULL, 3);
	ok(!found && errno == ERANGE, "and when there is no room, also in what it allocates");
	free(found);
	found = getcwd(NULL, 2 * PATH_MAX);
	ok(found && memset(found, 0, 2 * PATH_MAX), "it allocates what it was told to");
	free(found);
	ok(!chdir("/") && !access("dev/null", F_OK), "away from there");
	ok(!fchdir(dir) && !access("entry-8", F_OK) && !chdir("..") && !close(dir), "back by the open directory");
	for (int i = 0; i < 500; i++) {
		snprintf(path, sizeof(path), "sub/entry-%d", i);
		made -= !unlink(path);
	}
	ok(made == 1 && count("sub") == 0, "all are removed");
}

static void streams(void)
{
	char line[100];
	FILE *file = fopen("sub/stream", "w+e");
	struct stat status;
	int fd;

	ok(file && fprintf(file, "line %d\n", 1) == 7 && !fflush(file) && !fsync(fileno(file)), "a stream is written");
	ok(file && !fseek(file, 0, SEEK_SET) && fgets(line, sizeof(line), file) && !strcmp(line, "line 1\n") && !fgets(line, sizeof(line), file) && feof(file), "and read");
	ok(file && fcntl(fileno(file), F_GETFD) == FD_CLOEXEC && !fclose(file), "and closed");
	file = fopen("sub/stream", "a");
	ok(file && fputs("line 2\n", file) >= 0 && !fclose(file), "another appends");
	file = fdopen(open("sub/stream", O_RDONLY), "r");
	ok(file && fseek(file, -7, SEEK_END) == 0 && fgets(line, sizeof(line), file) && !strcmp(line, "line 2\n") && ftell(file) == 14 && !fclose(file), "one on a descriptor finds the end");
	fd = open("sub/stream", O_WRONLY);
	ok(!fdopen(fd, "r") && errno == EINVAL && !fdopen(fd, "w+") && errno == EINVAL && !fdopendir(fd) && errno == ENOTDIR,
	   "one that does not fit its descriptor is not made");
	file = fdopen(fd, "a");
	ok(file && fputs("line 3\n", file) >= 0 && !fclose(file) && !stat("sub/stream", &status) && status.st_size == 21, "one on a descriptor appends");
	ok(!fopen("sub/none", "r") && errno == ENOENT && !unlink("sub/stream"), "one that is not there is not opened");
	/* Left open with data in the buffer: the end of the program writes it. */
	file = fopen("kept/late", "w");
	ok(file && fputs("late\n", file) >= 0, "one stays open");
}

/* Down until the working directory is longer than a path can be. */
static void deep(const char *top)
{
	char begin[PATH_MAX], name[201], path[PATH_MAX + 256];
	int depth = 0, error = 0;
	struct stat status;

	memset(name, 'd', 200);
	name[200] = 0;
	while (depth < 30 && !error) {
		error = mkdir(name, 0755) || chdir(name) ? errno : 0;
		depth += !error;
	}
	/* What is kept as a path ends there; but nothing may come to lie elsewhere. */
	ok(depth == 30 || (depth > 15 && error == ENAMETOOLONG), "directories in directories (%d, then %s)", depth, strerror(error));
	while (depth-- > 0)
		if (chdir("..") || rmdir(name))
			error = -1;
	ok(error != -1 && getcwd(begin, sizeof(begin)) && !strcmp(begin, top), "and back");
	snprintf(path, sizeof(path), "%s/%s", started, name);
	ok(stat(path, &status) < 0 && errno == ENOENT, "none of them is where the program was started");
}

/* Not all file systems have them; then every call has to say so. */
static void attributes(const char *file)
{
	int fd = open(file, O_RDONLY), there = !setxattr(file, "user.one", "1", 1, 0), missing = !there && errno == ENOTSUP;

	ok(fd >= 0 && (there || missing), "an attribute is set%s", missing ? ": the file system has none" : "");
	ok((missing || (fgetxattr(fd, "user.one", back, SIZE) == 1 && *back == '1')) && fgetxattr(fd, "user.two", back, SIZE) < 0, "and read by the descriptor");
	ok(missing || (!fsetxattr(fd, "user.two", "22", 2, 0) && lgetxattr(file, "user.two", back, SIZE) == 2 && llistxattr(file, back, SIZE) >= 18),
	   "another is set so, read by the path, and both are listed");
	ok(missing || (!lremovexattr(file, "user.one") && getxattr(file, "user.one", back, SIZE) < 0 && errno == ENODATA && !fremovexattr(fd, "user.two")),
	   "they are removed");
	close(fd);
}

static void between(void)
{
	struct statvfs status;
	off_t at = 1000;
	int pair[2], fd, other;

	fd = open("kept/file", O_CREAT | O_RDWR, 0644);
	ok(fd >= 0 && pwrite(fd, data, SIZE, 0) == SIZE, "a file to be kept");
	ok(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair) && sendfile(pair[0], fd, &at, 5000) == 5000 && at == 6000, "sendfile() to a socket");
	ok(recv(pair[1], back, 5000, MSG_WAITALL) == 5000 && !memcmp(back, data + 1000, 5000), "the data arrive");
	other = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	ok(sendfile(other, fd, NULL, SIZE) == SIZE && pread(other, back, SIZE, 0) == SIZE && !memcmp(data, back, SIZE), "sendfile() to a file elsewhere");
	ok(lseek(fd, 0, SEEK_CUR) == SIZE, "the position moves along");
	ok(!fstatvfs(fd, &status) && status.f_blocks && !statvfs("kept", &status) && status.f_namemax == 255, "the file system's data");
	close(pair[0]);
	close(pair[1]);
	close(other);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc < 2 || !getcwd(started, sizeof(started)) || !ok(!chdir(argv[1]) && !mkdir("sub", 0755) && !mkdir("kept", 0755), "a directory is entered, others are made"))
		return 1;
	for (int i = 0; i < SIZE; i++)
		data[i] = i * 2654435761U >> 24;
	files();
	names(argv[1]);
	directories(argv[1]);
	streams();
	between();
	attributes("kept/file");
	deep(argv[1]);
	ok(!rmdir("sub") && rmdir("kept") < 0 && errno == ENOTEMPTY, "an empty directory is removed, no other");
	return done_testing();
}
