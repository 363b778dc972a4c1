// SPDX-License-Identifier: BSD-2-Clause
/*
 * Boots and halts the library kernel, first once with every kind of call, then
 * TIMES over from the same process, counting what the process holds (unless
 * there is a second argument). TAP.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lkl.h"
#include "tap.h"

static long status_field(const char *name)
{
	char line[256];
	long value = -1;
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = atol(line + strlen(name) + 1);
	if (file)
		fclose(file);
	return value;
}

static int count_entries(const char *directory)
{
	DIR *dir = opendir(directory);
	int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

static int count_maps(void)
{
	char line[512];
	FILE *file = fopen("/proc/self/maps", "r");
	int count = 0;

	while (file && fgets(line, sizeof(line), file))
		count++;
	if (file)
		fclose(file);
	return count;
}

static void *use_from_thread(void *argument)
{
	long *results = argument;

	results[0] = lkl_sys_getpid();
	results[1] = lkl_sys_gettid();
	return NULL;
}

static int pipe_ends[2];

static void *read_pipe(void *argument)
{
	char byte;

	*(long *)argument = lkl_sys_read(pipe_ends[0], &byte, 1);
	return NULL;
}

static void calls(void)
{
	struct timespec pause = { 0, 2000000 };
	struct utsname name;
	char text[64] = "";
	long fd, results[2] = { 0, 0 }, got = 0;
	pthread_t thread;

	ok(lkl_sys_getpid() == 1, "getpid gives 1");
	ok(lkl_sys_uname(&name) == 0 && !strcmp(name.sysname, "Linux") && !strncmp(name.release, "6.1", 3),
	   "uname tells Linux 6.1");
	fd = lkl_sys_open("/file", O_CREAT | O_RDWR, 0644);
	ok(fd >= 0 && lkl_sys_write(fd, "library", 7) == 7 && lkl_sys_lseek(fd, 0, SEEK_SET) == 0 &&
	   lkl_sys_read(fd, text, sizeof(text)) == 7 && !strcmp(text, "library"), "a file keeps what was written");
	ok(lkl_sys_close(fd) == 0, "the file is closed");
	ok(lkl_sys_open("/nothing", O_RDONLY, 0) == -ENOENT, "a missing file gives ENOENT");
	ok(lkl_sys_open((char *)16, O_RDONLY, 0) == -EFAULT && lkl_sys_uname((void *)8) == -EFAULT, "bad pointers give EFAULT");
	ok(lkl_call(SYS_fork, 0, 0, 0, 0, 0, 0) == -ENOSYS && lkl_call(SYS_exit_group, 0, 0, 0, 0, 0, 0) == -ENOSYS &&
	   lkl_call(100000, 0, 0, 0, 0, 0, 0) == -ENOSYS && lkl_call(-1, 0, 0, 0, 0, 0, 0) == -ENOSYS,
	   "calls that make no sense give ENOSYS");
	ok(lkl_call(SYS_getrandom, (long)text, sizeof(text), GRND_NONBLOCK, 0, 0, 0) == sizeof(text), "getrandom has what to give");
	ok(lkl_sys_nanosleep(&pause, NULL) == 0, "nanosleep comes back");
	pthread_create(&thread, NULL, use_from_thread, results);
	pthread_join(thread, NULL);
	ok(results[0] == 1 && results[1] > 1, "another thread has the same pid and an own tid");
	ok(lkl_sys_pipe2(pipe_ends, 0) == 0, "a pipe is made");
	pthread_create(&thread, NULL, read_pipe, &got);
	lkl_sys_nanosleep(&pause, NULL);
	ok(lkl_sys_write(pipe_ends[1], "x", 1) == 1, "a byte is written to it");
	pthread_join(thread, NULL);
	ok(got == 1, "a blocked reader gets the byte");
	lkl_sys_close(pipe_ends[0]);
	ok(lkl_sys_write(pipe_ends[1], "x", 1) == -EPIPE && lkl_sys_getpid() == 1, "a pipe without reader gives EPIPE, no signal");
	lkl_sys_close(pipe_ends[1]);
	lkl_sys_pipe2(pipe_ends, O_DIRECT);
	ok(lkl_sys_write(pipe_ends[1], "packet", 6) == 6 && lkl_sys_read(pipe_ends[0], (void *)16, 6) == -EFAULT &&
	   lkl_sys_read(pipe_ends[0], text, 6) == 6 && !memcmp(text, "packet", 6), "a packet that could not be copied stays in its pipe");
	/* Blocked when the kernel halts */
	lkl_sys_pipe2(pipe_ends, 0);
	pthread_create(&thread, NULL, read_pipe, &got);
	lkl_sys_nanosleep(&pause, NULL);
	ok(lkl_linux_start("") == -EBUSY, "a second start gives EBUSY");
	ok(lkl_linux_halt() == 0, "the kernel halts");
	pthread_join(thread, NULL);
	ok(got == -ENODEV, "a call that was blocked gives ENODEV");
	ok(lkl_sys_getpid() == -ENODEV && lkl_linux_halt() == -ENODEV, "calls without a kernel give ENODEV");
}

static int boot_once(void)
{
	long results[2];
	pthread_t thread;

	if (lkl_linux_start("loglevel=1") || lkl_sys_getpid() != 1)
		return -1;
	pthread_create(&thread, NULL, use_from_thread, results);
	pthread_join(thread, NULL);
	return results[0] == 1 ? lkl_linux_halt() : -1;
}

int main(int argc, char **argv)
{
	struct lkl_linux_options options = { .quiet = !getenv("LKL_LOG") };
	int times = argc > 1 ? atoi(argv[1]) : 100, i, entries, maps;
	long memory;

	ok(lkl_sys_getpid() == -ENODEV, "a call before the start gives ENODEV");
	ok(lkl_linux_init(&options) == 0, "the host is set up");
	if (!ok(lkl_linux_start("mem=32M loglevel=7") == 0, "the kernel boots"))
		return done_testing();
	calls();
	for (i = 0; i < 5; i++)
		boot_once();
	memory = status_field("VmRSS:");
	entries = count_entries("/proc/self/fd");
	maps = count_maps();
	for (i = 0; i < times && !boot_once(); i++)
		;
	ok(i == times, "boots and halts %d times", times);
	/* The address sanitizer, whose memory grows by itself, looks for leaks at the end. */
	if (argc > 2)
		return done_testing();
	ok(count_entries("/proc/self/fd") == entries && count_maps() <= maps && status_field("Threads:") == 1,
	   "descriptors, mappings and threads are as before");
	ok(status_field("VmRSS:") - memory < 256, "memory has not grown (%ld KiB, before %ld)", status_field("VmRSS:"), memory);
	return done_testing();
}
