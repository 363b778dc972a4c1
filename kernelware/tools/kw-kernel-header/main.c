/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw-kernel-header: reads preprocessed C, writes the header for what its
 * `#pragma kernel` lines name. kwcc runs it; alone it shows what kwcc does.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"

static const char usage[] =
	"usage: kw-kernel-header [--btf=FILE] [--output=FILE] [FILE]\n"
	"Write a C header with what the lines `#pragma kernel ...` of preprocessed C name.\n"
	"\n"
	"  --btf=FILE     the kernel: an unpacked vmlinux, or its BTF (default: " KERNEL_BTF ")\n"
	"  --output=FILE  the header, empty without such lines (default: standard output)\n"
	"  FILE           preprocessed C (default: standard input)\n"
	"\n"
	"Exit status: 0 done, 1 errors in the lines or the BTF, 2 wrong usage or trouble with a file\n";

static char *read_stream(FILE *stream, size_t *size, const char *name)
{
	size_t room = 65536, length = 0;
	char *bytes = malloc(room);

	for (;;) {
		if (bytes == NULL)
			fail(NULL, "%s: out of memory", name);
		length += fread(bytes + length, 1, room - length, stream);
		if (length < room)
			break;
		room *= 2;
		bytes = realloc(bytes, room);
	}
	if (ferror(stream))
		fail(NULL, "%s: %s", name, strerror(errno));
	*size = length;
	return bytes;
}

static void write_file(const char *path, const char *text)
{
	FILE *stream = path != NULL ? fopen(path, "w") : stdout;

	if (stream == NULL || fputs(text, stream) == EOF || fflush(stream) != 0 || (path != NULL && fclose(stream) != 0))
		fail(NULL, "%s: %s", path != NULL ? path : "standard output", strerror(errno));
}

/* 1: the kernel was read. Its errors are the user's too, so they end with status 1. */
static int try_kernel(struct kernel *kernel, const char *path)
{
	volatile int done = 0;

	if (ATTEMPT()) {
		kernel_read(kernel, path);
		done = 1;
	}
	attempt_end();
	return done;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "btf", required_argument, NULL, 'b' }, { "output", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *btf = KERNEL_BTF, *output = NULL, *name = "<stdin>", *made = "";
	struct request *requests;
	struct kernel kernel;
	FILE *stream = stdin;
	char *text;
	size_t size;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(usage, stdout) == EOF;
		if (option == 'b')
			btf = optarg;
		else if (option == 'o')
			output = optarg;
		else
			return fputs(usage, stderr), 2;
	}
	if (argc - optind > 1)
		return fputs(usage, stderr), 2;
	if (argc > optind) {
		name = argv[optind];
		stream = fopen(name, "r");
		if (stream == NULL)
			fail(NULL, "%s: %s", name, strerror(errno));
	}
	text = read_stream(stream, &size, name);
	requests = requests_read(text, size, name);
	if (requests != NULL)
		made = try_kernel(&kernel, btf) ? header_make(&kernel, requests) : NULL;
	else if (errors_taken() != 0)
		made = NULL;
	if (made != NULL)
		write_file(output, made);
	free(text);
	memory_release();
	return made != NULL ? 0 : 1;
}
