/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cases. What a call does must not depend on the way into the kernel: each
 * batch begins with the same file offset, and the file is in the page cache.
 *
 * The direct call of read and write is vfs_read and vfs_write with the file's
 * own offset, as the system call makes it: what is saved besides the way in is
 * to look the file up each time. That of getpid is what sys_getpid consists of,
 * the others are the functions in the system call table, which take pt_regs.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "cases.h"

#pragma kernel struct task_struct files
#pragma kernel struct files_struct fdt
#pragma kernel struct fdtable fd
#pragma kernel struct file f_pos
#pragma kernel struct pt_regs di
#pragma kernel function sys_ni_syscall __task_pid_nr_ns __x64_sys_chdir __x64_sys_gettimeofday vfs_read vfs_write

struct test tests[TESTS_MOST];
int test_count;

static struct test *add(const char *name, long number, void *function)
{
	struct test *test = &tests[test_count++];

	test->name = name;
	test->number = number;
	test->function = (unsigned long)function;
	test->fd = -1;
	return test;
}

/* The way in and out by itself: a number that Linux has for nobody */
static void add_nothing(void)
{
	struct test *test = add("nothing", SYS_afs_syscall, sys_ni_syscall);

	test->result = -ENOSYS;
}

static void add_getpid(void)
{
	struct test *test = add("getpid", SYS_getpid, __task_pid_nr_ns);

	test->direct[0] = (unsigned long)current;
	test->direct[1] = 1;	/* PIDTYPE_TGID */
	test->result = getpid();
}

/* One whose function takes a struct pt_regs with the first argument, and returns 0 */
static void add_simple(const char *name, long number, void *function, void *argument)
{
	struct test *test = add(name, number, function);
	struct pt_regs *registers = calloc(1, sizeof(*registers));

	if (registers == NULL)
		err(1, "%s", name);
	registers->di = (unsigned long)argument;
	test->argument[0] = (unsigned long)argument;
	test->direct[0] = (unsigned long)registers;
}

/* The kernel's file: it stays as long as the descriptor, which nobody closes. */
static struct file *file_of(int fd)
{
	return current->files->fdt->fd[fd];
}

static void add_transfer(const char *name, long number, void *function, int fd, void *buffer, unsigned long bytes)
{
	struct test *test = add(name, number, function);

	test->fd = fd;
	test->argument[0] = fd;
	test->argument[1] = (unsigned long)buffer;
	test->argument[2] = bytes;
	test->direct[0] = (unsigned long)file_of(fd);
	test->direct[1] = (unsigned long)buffer;
	test->direct[2] = bytes;
	test->direct[3] = (unsigned long)&file_of(fd)->f_pos;
	test->result = (long)bytes;
}

static int must_open(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

void tests_prepare(const char *directory, unsigned long blocks)
{
	static char buffer[BLOCK] __attribute__((aligned(4096)));
	static struct timeval now;
	static char path[4096];
	int file, zero = must_open("/dev/zero", O_RDONLY), null = must_open("/dev/null", O_WRONLY);

	snprintf(path, sizeof(path), "%s/file", directory);
	file = must_open(path, O_RDWR | O_CREAT | O_TRUNC);
	memset(buffer, 'x', sizeof(buffer));
	while (blocks-- > 0) {
		if (write(file, buffer, BLOCK) != BLOCK)
			err(1, "write to %s", path);
	}
	if (fsync(file))
		err(1, "fsync of %s", path);
	snprintf(path, sizeof(path), "%s", directory);
	add_getpid();
	add_nothing();
	add_simple("chdir", SYS_chdir, __x64_sys_chdir, path);
	add_simple("gettimeofday", SYS_gettimeofday, __x64_sys_gettimeofday, &now);
	add_transfer("read-1", SYS_read, vfs_read, file, buffer, 1);
	add_transfer("read-8192", SYS_read, vfs_read, file, buffer, BLOCK);
	add_transfer("write-1", SYS_write, vfs_write, file, buffer, 1);
	add_transfer("write-8192", SYS_write, vfs_write, file, buffer, BLOCK);
	add_transfer("null-read-1", SYS_read, vfs_read, zero, buffer, 1);
	add_transfer("null-read-8192", SYS_read, vfs_read, zero, buffer, BLOCK);
	add_transfer("null-write-1", SYS_write, vfs_write, null, buffer, 1);
	add_transfer("null-write-8192", SYS_write, vfs_write, null, buffer, BLOCK);
}
