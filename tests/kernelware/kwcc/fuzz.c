/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutations of BTF and ELF files, and of pragmas, through kw-kernel-header's
 * own code, in this process and built with sanitizers: fuzz TIMES FILE...
 * The sequence is the same each time. Prints how many headers were made.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"

static const char pragmas[] =
	"# 1 \"a.c\"\n"
	"#pragma kernel struct task_struct\n"
	"#pragma kernel struct task_struct mm.total_vm pid usage.counter\n"
	"#pragma kernel struct list_head next prev.next.prev\n"
	"#pragma kernel struct packed_struct\n"
	"#pragma kernel struct flags_struct\n"
	"#pragma kernel function _printk sum_eight as eight nothing strlen\n"
	"#pragma kernel variable volatile unsigned long jiffies\n"
	"#pragma kernel variable struct list_head *x[3] as y\n"
	"#pragma kernel percpu counters queue as q\n"
	"#pragma kernel constant FEW MANY WIDE\n";

static uint64_t state = 1;

static uint32_t next_random(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static unsigned char *load(const char *path, size_t *size)
{
	FILE *stream = fopen(path, "rb");
	unsigned char *bytes = malloc(1 << 20);

	if (stream == NULL || bytes == NULL) {
		perror(path);
		exit(2);
	}
	*size = fread(bytes, 1, 1 << 20, stream);
	fclose(stream);
	return bytes;
}

/* A few changes: bytes, words with telling values, pieces copied over others, an end cut off */
static size_t mutate(unsigned char *bytes, size_t size)
{
	static const uint32_t values[] = { 0, 1, 2, 3, 7, 8, 0x7f, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff };
	unsigned int changes = 1 + next_random(6);

	while (changes-- > 0 && size > 16) {
		uint32_t at = next_random((uint32_t)size - 8);
		uint32_t word;

		switch (next_random(6)) {
		case 0:
			bytes[at] = (unsigned char)next_random(256);
			break;
		case 1:
			word = values[next_random(sizeof(values) / sizeof(values[0]))];
			memcpy(bytes + (at & ~3u), &word, sizeof(word));
			break;
		case 2:
			memcpy(&word, bytes + (at & ~3u), sizeof(word));
			word += next_random(2) ? 1 : -1u;
			memcpy(bytes + (at & ~3u), &word, sizeof(word));
			break;
		case 3:
			/* A type's id, a kind */
			word = next_random(120);
			memcpy(bytes + (at & ~3u), &word, sizeof(word));
			break;
		case 4:
			memmove(bytes + at, bytes + next_random((uint32_t)size - 8), 1 + next_random(8));
			break;
		default:
			if (next_random(4) == 0)
				size -= next_random((uint32_t)size / 4);
			break;
		}
	}
	return size;
}

/* 1: a header was made, 0: it was refused */
static int try_one(const unsigned char *bytes, size_t size, const char *text, size_t text_size)
{
	struct kernel kernel;
	const struct request *requests;
	volatile int made = 0;

	requests = requests_read(text, text_size, "fuzz");
	if (ATTEMPT()) {
		kernel_open(&kernel, bytes, size, "input");
		attempt_end();
		made = 1;
	}
	attempt_end();
	if (made)
		made = header_make(&kernel, requests) != NULL;
	errors_taken();
	memory_release();
	return made;
}

int main(int argc, char **argv)
{
	unsigned int times = argc > 2 ? (unsigned int)atoi(argv[1]) : 0;
	unsigned int made = 0, refused = 0;

	errors_quiet = 1;
	for (int file = 2; file < argc; file++) {
		size_t whole;
		unsigned char *seed = load(argv[file], &whole);

		for (unsigned int i = 0; i < times; i++) {
			/* Of their own size, so that AddressSanitizer sees what is read behind them. */
			unsigned char *bytes = malloc(whole + 1);
			char *text = malloc(sizeof(pragmas));
			size_t size = whole, text_size = sizeof(pragmas) - 1;

			memcpy(bytes, seed, whole);
			memcpy(text, pragmas, sizeof(pragmas));
			if (i % 4 != 0)
				size = mutate(bytes, whole);
			else
				text_size = mutate((unsigned char *)text, text_size);
			bytes = realloc(bytes, size + (size == 0));
			text = realloc(text, text_size + (text_size == 0));
			if (try_one(bytes, size, text, text_size))
				made++;
			else
				refused++;
			free(bytes);
			free(text);
		}
		free(seed);
	}
	printf("%u headers, %u refused\n", made, refused);
	return 0;
}
