/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions of copying a file, both ends open, by each way: kw cp's, in
 * kernel mode; read and write by a buffer of 128 KiB, sendfile and
 * copy_file_range, as an ordinary process. By turns; the source is in the page
 * cache, the target empty each time. Prints
 *
 *	tsc COUNTS INSTRUCTIONS			of a loop of known length
 *	case NAME/BYTES KW READWRITE SENDFILE COPY_FILE_RANGE
 *
 * The best of some rounds. usage: copy BIGGEST NAME DIRECTORY [NAME DIRECTORY]...
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <kw.h>

#include "../syscall/calls.h"
#include "copy.h"

#define MOST		0x7ffff000	/* what Linux copies in one call */

static char buffer[128 << 10] __attribute__((aligned(4096)));

static unsigned long now(void)
{
	unsigned int low, high;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
	return low | (unsigned long)high << 32;
}

static void by_kw(int in, int out)
{
	struct copy copy = { .in = in, .out = out };
	int error = copy_file(&copy);

	if (error != 0)
		errx(1, "copy_file: %s", strerror(error));
	if (copy.plain)
		errx(1, "copy_file copied by read and write");
}

static void by_read_and_write(int in, int out)
{
	ssize_t got;

	while ((got = read(in, buffer, sizeof(buffer))) > 0) {
		if (write(out, buffer, (size_t)got) != got)
			err(1, "write");
	}
	if (got < 0)
		err(1, "read");
}

static void by_sendfile(int in, int out)
{
	ssize_t got;

	while ((got = sendfile(out, in, NULL, MOST)) > 0)
		;
	if (got < 0)
		err(1, "sendfile");
}

static void by_copy_file_range(int in, int out)
{
	ssize_t got;

	while ((got = copy_file_range(in, NULL, out, NULL, MOST, 0)) > 0)
		;
	if (got < 0)
		err(1, "copy_file_range");
}

#define WAYS 4
static void (*const ways[WAYS])(int, int) = { by_kw, by_read_and_write, by_sendfile, by_copy_file_range };

static void mode(int kernel)
{
	int error = kw_active() == kernel ? 0 : kernel ? kw_enter(0) : kw_leave();

	if (error != 0)
		errx(1, "%s: %s", kernel ? "kw_enter" : "kw_leave", strerror(-error));
}

/* A source with other contents on each page, on the disk, in the page cache */
static int make_source(const char *path, long size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		err(1, "%s", path);
	for (long done = 0; done < size;) {
		size_t most = size - done < (long)sizeof(buffer) ? (size_t)(size - done) : sizeof(buffer);

		for (size_t i = 0; i < sizeof(buffer); i += sizeof(long))
			*(long *)(buffer + i) = done + (long)i * 77;
		if (write(fd, buffer, most) != (ssize_t)most)
			err(1, "%s", path);
		done += (long)most;
	}
	if (fsync(fd) != 0)
		err(1, "fsync of %s", path);
	return fd;
}

static void compare(int in, int out, long size)
{
	static char other[sizeof(buffer)];

	if (lseek(out, 0, SEEK_END) != size)
		errx(1, "a copy has %ld bytes, not %ld", (long)lseek(out, 0, SEEK_END), size);
	for (long done = 0; done < size; done += (long)sizeof(buffer)) {
		ssize_t got = pread(in, buffer, sizeof(buffer), done);

		if (got <= 0 || pread(out, other, sizeof(other), done) != got || memcmp(buffer, other, (size_t)got) != 0)
			errx(1, "a copy of %ld bytes differs after %ld", size, done);
	}
}

/* Instructions of one copy */
static unsigned long measure(int way, int in, int out, long size)
{
	unsigned long begin, end;

	mode(way == 0);
	if (ftruncate(out, 0) != 0 || lseek(in, 0, SEEK_SET) != 0 || lseek(out, 0, SEEK_SET) != 0)
		err(1, "the next copy");
	begin = now();
	ways[way](in, out);
	end = now();
	if (size <= 1 << 20)
		compare(in, out, size);
	return end - begin;
}

static void measure_size(const char *name, const char *directory, long size)
{
	unsigned long best[WAYS] = { 0 };
	int rounds = size <= 1 << 20 ? 7 : 3;
	char path[4096];
	int in, out;

	snprintf(path, sizeof(path), "%s/source", directory);
	in = make_source(path, size);
	snprintf(path, sizeof(path), "%s/target", directory);
	out = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (out < 0)
		err(1, "%s", path);
	for (int round = 0; round < rounds; round++) {
		for (int way = 0; way < WAYS; way++) {
			unsigned long cost = measure(way, in, out, size);

			if (round == 0 || cost < best[way])
				best[way] = cost;
		}
	}
	if (ftruncate(out, 0) != 0)
		err(1, "%s", path);
	close(in);
	close(out);
	printf("case %s/%ld %lu %lu %lu %lu\n", name, size, best[0], best[1], best[2], best[3]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		errx(2, "usage: copy BIGGEST NAME DIRECTORY [NAME DIRECTORY]...");
	printf("tsc %lu %lu\n", loop_instructions(100000), 300000ul);
	for (int i = 2; i + 1 < argc; i += 2) {
		for (long size = 1; size <= atol(argv[1]); size *= 4)
			measure_size(argv[i], argv[i + 1], size);
	}
	return 0;
}
