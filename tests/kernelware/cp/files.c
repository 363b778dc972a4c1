/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files for the tests of kw cp, and what a copy must be. The contents are a
 * function of the offset: every word of 8 bytes is different and no byte is 0, so
 * whatever was lost, moved or torn shows.
 *
 *	files make FILE BYTES [OFFSET LENGTH]...	only these parts, holes between
 *	files verify FILE [BYTES] [zeros [END]]		all as made, that many; or zeros (before END)
 *	files segments FILE				its data and holes, and its length
 *	files same A B					contents and segments
 *	files grow FILE BYTES				by pieces, now and then
 *	files shake FILE BYTES TIMES			shorter and longer, for a while
 *	files map FILE					kB of it in the page cache
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

static int must_open(const char *path, int flags)
{
	int fd = open(path, flags, 0644);

	if (fd < 0)
		err(2, "%s", path);
	return fd;
}

/* The contents at `offset`, a multiple of 8 */
static void contents(char *bytes, off_t offset, size_t count)
{
	for (size_t i = 0; i < count; i += 8) {
		uint64_t word = ((uint64_t)offset + i + 8) * 0x9e3779b97f4a7c15u;

		word = (word ^ word >> 29) | 0x0101010101010101u;	/* no byte is 0 */
		memcpy(bytes + i, &word, 8);
	}
}

static void put(int fd, const char *path, off_t offset, off_t length)
{
	static char bytes[CHUNK + 8];

	while (length > 0) {
		size_t skip = (size_t)(offset % 8), most = length < CHUNK - 8 ? (size_t)length : CHUNK - 8;

		contents(bytes, offset - (off_t)skip, (skip + most + 7) & ~(size_t)7);
		if (pwrite(fd, bytes + skip, most, offset) != (ssize_t)most)
			err(2, "%s", path);
		offset += (off_t)most;
		length -= (off_t)most;
	}
}

static int make(int argc, char **argv)
{
	int fd = must_open(argv[0], O_WRONLY | O_CREAT | O_TRUNC);
	off_t size = atoll(argv[1]);

	if (argc == 2)
		put(fd, argv[0], 0, size);
	for (int i = 2; i + 1 < argc; i += 2)
		put(fd, argv[0], atoll(argv[i]), atoll(argv[i + 1]));
	if (ftruncate(fd, size) != 0)
		err(2, "%s", argv[0]);
	return 0;
}

/* Complains of the first byte that is neither the wanted one nor, where that may be, 0. */
static int all_or_zero(const char *found, const char *wanted, ssize_t count, const char *path, off_t offset, off_t zeros)
{
	for (ssize_t i = 0; i < count; i++) {
		if (found[i] != wanted[i] && !(offset + i < zeros && found[i] == 0))
			return printf("%s: byte %lld of it is %#x, not %#x\n", path, (long long)(offset + i), found[i] & 255,
				      wanted[i] & 255), 0;
	}
	return 1;
}

static int verify(int argc, char **argv)
{
	static char found[CHUNK], wanted[CHUNK];
	int fd = must_open(argv[0], O_RDONLY), next = 1;
	off_t offset = 0, bytes = -1, zeros = 0;
	ssize_t got;

	if (next < argc && strcmp(argv[next], "zeros") != 0)
		bytes = atoll(argv[next++]);
	if (next < argc)
		zeros = next + 1 < argc ? atoll(argv[next + 1]) : LLONG_MAX;
	while ((got = pread(fd, found, CHUNK, offset)) > 0) {
		contents(wanted, offset, CHUNK);
		if (memcmp(found, wanted, (size_t)got) != 0 && !all_or_zero(found, wanted, got, argv[0], offset, zeros))
			return 1;
		offset += got;
	}
	if (got < 0)
		err(2, "%s", argv[0]);
	if (bytes >= 0 && bytes != offset)
		return printf("%s has %lld bytes, not %lld\n", argv[0], (long long)offset, (long long)bytes), 1;
	printf("%lld\n", (long long)offset);
	return 0;
}

/* "0-4096 8192-12288 of 16384" */
static void segments_of(const char *path, char *text, size_t room)
{
	int fd = must_open(path, O_RDONLY);
	off_t at = 0, hole;
	size_t length = 0;

	while ((at = lseek(fd, at, SEEK_DATA)) >= 0 && length < room) {
		hole = lseek(fd, at, SEEK_HOLE);
		length += (size_t)snprintf(text + length, room - length, "%lld-%lld ", (long long)at, (long long)hole);
		at = hole;
	}
	if (length < room)
		snprintf(text + length, room - length, "of %lld", (long long)lseek(fd, 0, SEEK_END));
	close(fd);
}

static int segments(int argc, char **argv)
{
	static char text[CHUNK];

	(void)argc;
	segments_of(argv[0], text, sizeof(text));
	return puts(text) == EOF;
}

static int same(int argc, char **argv)
{
	static char a[CHUNK], b[CHUNK];
	int first = must_open(argv[0], O_RDONLY), second = must_open(argv[1], O_RDONLY);
	ssize_t got, other;
	off_t offset = 0;

	(void)argc;
	do {
		got = read(first, a, CHUNK);
		other = read(second, b, CHUNK);
		if (got < 0 || other < 0)
			err(2, "read");
		if (got != other)
			return printf("%s has other contents than %s: lengths after %lld: %zd, %zd\n", argv[0], argv[1],
				      (long long)offset, got, other), 1;
		if (memcmp(a, b, (size_t)got) != 0)
			return printf("%s has other contents than %s behind byte %lld\n", argv[0], argv[1],
				      (long long)offset), 1;
		offset += got;
	} while (got > 0);
	segments_of(argv[0], a, CHUNK);
	segments_of(argv[1], b, CHUNK);
	if (strcmp(a, b) != 0)
		return printf("%s has %s, %s has %s\n", argv[0], a, argv[1], b), 1;
	return 0;
}

static int grow(int argc, char **argv)
{
	int fd = must_open(argv[0], O_WRONLY);
	off_t size = lseek(fd, 0, SEEK_END), end = atoll(argv[1]);

	(void)argc;
	for (off_t step = 1; size < end; step = step % 9973 + 1237) {
		off_t most = end - size < step ? end - size : step;

		put(fd, argv[0], size, most);
		size += most;
		usleep(200);
	}
	return 0;
}

static int shake(int argc, char **argv)
{
	int fd = must_open(argv[0], O_WRONLY);
	off_t full = atoll(argv[1]);

	(void)argc;
	for (long i = 0; i < atol(argv[2]); i++) {
		off_t shorter = full * ((i * 37) % 101) / 101;

		if (ftruncate(fd, shorter) != 0)
			err(2, "%s", argv[0]);
		usleep(300);
		put(fd, argv[0], shorter, full - shorter);
		usleep(300);
	}
	return 0;
}

static int map(int argc, char **argv)
{
	int fd = must_open(argv[0], O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);
	size_t pages = (size_t)(size + 4095) / 4096, there = 0;
	unsigned char *state = malloc(pages);
	void *mapped = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);

	(void)argc;
	if (state == NULL || mapped == MAP_FAILED || mincore(mapped, (size_t)size, state) != 0)
		err(2, "%s", argv[0]);
	for (size_t i = 0; i < pages; i++)
		there += state[i] & 1;
	return printf("%zu\n", 4 * there) < 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int operands;
		int (*function)(int, char **);
	} commands[] = { { "make", 2, make }, { "verify", 1, verify }, { "segments", 1, segments }, { "same", 2, same },
			 { "grow", 2, grow }, { "shake", 3, shake }, { "map", 1, map } };

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0 && argc - 2 >= commands[i].operands)
			return commands[i].function(argc - 2, argv + 2);
	}
	errx(2, "usage: files make|verify|segments|same|grow|shake|map FILE...");
}
