/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutations of .cfg files, the same for the same seed on every machine:
 *	mutate COUNT SEED FILE...		through the harness, one to four changes each
 *	mutate --write DIR COUNT SEED FILE...	written out as DIR/N.cfg, one change each
 * A change takes out, doubles, exchanges or puts in bytes, words or lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness.h"

#define SIZE_MAX_INPUT	65536

struct input {
	char	*text;
	size_t	length;
};

static uint64_t state;

/* xorshift64 */
static uint64_t random_below(uint64_t bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return bound > 0 ? state % bound : 0;
}

static struct input read_input(const char *path)
{
	struct input input = { malloc(SIZE_MAX_INPUT), 0 };
	FILE *file = fopen(path, "r");

	if (file == NULL || input.text == NULL) {
		fprintf(stderr, "mutate: cannot read %s\n", path);
		exit(2);
	}
	input.length = fread(input.text, 1, SIZE_MAX_INPUT / 4, file);
	fclose(file);
	return input;
}

/* Replace count bytes at offset by others. */
static void splice(struct input *input, size_t offset, size_t count, const char *text, size_t length)
{
	if (input->length - count + length > SIZE_MAX_INPUT)
		return;
	memmove(input->text + offset + length, input->text + offset + count, input->length - offset - count);
	memcpy(input->text + offset, text, length);
	input->length += length - count;
}

/* A random stretch: a few bytes, or from one separator to the next. */
static size_t stretch(const struct input *input, size_t *offset)
{
	static const char *const separators[] = { " \n\t", ",{}()", "\n", ";" };
	const char *separator = separators[random_below(4)];
	size_t end;

	*offset = random_below(input->length);
	if (random_below(4) == 0)
		return random_below(input->length - *offset < 8 ? input->length - *offset : 8);
	while (*offset > 0 && strchr(separator, input->text[*offset - 1]) == NULL)
		(*offset)--;
	for (end = *offset; end < input->length && strchr(separator, input->text[end]) == NULL; end++)
		;
	return end - *offset;
}

static void change(struct input *input, const struct input *other)
{
	static const char *const words[] = {
		"CRE_TSK(", "CRE_SEM(", "DEF_TEX(", "ATT_ISR({", "INCLUDE(\"", "\"", "'", "\\", "{", "}", "(", ")", "[", "]", ",",
		";", "#", "\n#line 5 \"x\"\n", "\n# 7 \"y.cfg\" 1 3\n", "\n#pragma x\n", "0x", "0xffffffffffffffff", "99999999999",
		"1e+", "-", "<", ">", "<:", "%>", "\n", "\\\n", "T", "1", "0", "NULL", "TA_HLNG", "sizeof", "?", ":", "/*", "*/", "//",
		"\xff", "\x01",
	};
	char copy[SIZE_MAX_INPUT / 8];
	size_t offset, from;
	size_t length = stretch(input, &offset);
	size_t taken;

	switch (random_below(5)) {
	case 0:
		splice(input, offset, length, "", 0);
		break;
	case 1: {
		const char *word = words[random_below(sizeof(words) / sizeof(words[0]))];

		splice(input, offset, random_below(2) == 0 ? length : 0, word, strlen(word));
		break;
	}
	case 2:
	case 3:
		taken = stretch(random_below(2) == 0 ? input : other, &from);
		other = random_below(2) == 0 ? input : other;
		if (from + taken > other->length || taken > sizeof(copy))
			break;
		memcpy(copy, other->text + from, taken);
		splice(input, offset, random_below(2) == 0 ? length : 0, copy, taken);
		break;
	default:
		input->text[offset] = (char)random_below(256);
		break;
	}
}

static void mutate(struct input *input, const struct input *files, unsigned int count, uint64_t changes)
{
	const struct input *base = &files[random_below(count)];

	memcpy(input->text, base->text, base->length);
	input->length = base->length;
	while (changes-- > 0 && input->length > 0)
		change(input, &files[random_below(count)]);
}

static void write_input(const char *directory, unsigned int number, const struct input *input)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u.cfg", directory, number);
	file = fopen(path, "w");
	if (file == NULL || fwrite(input->text, 1, input->length, file) != input->length || fclose(file) != 0) {
		fprintf(stderr, "mutate: cannot write %s\n", path);
		exit(2);
	}
}

/* In memory of exactly its size, so that AddressSanitizer sees its end. */
static void try_input(const struct input *input)
{
	uint8_t *exact = malloc(input->length > 0 ? input->length : 1);

	memcpy(exact, input->text, input->length);
	LLVMFuzzerTestOneInput(exact, input->length);
	free(exact);
}

int main(int argc, char **argv)
{
	const char *directory = NULL;
	struct input input = { malloc(SIZE_MAX_INPUT), 0 };
	struct input *files;
	unsigned int runs, with_errors = 0;

	if (argc > 2 && strcmp(argv[1], "--write") == 0) {
		directory = argv[2];
		mkdir(directory, 0777);
		argc -= 2;
		argv += 2;
	}
	if (argc < 4 || input.text == NULL) {
		fprintf(stderr, "Usage: mutate [--write DIR] COUNT SEED FILE...\n");
		return 2;
	}
	runs = (unsigned int)strtoul(argv[1], NULL, 10);
	state = strtoull(argv[2], NULL, 10) * 0x9e3779b97f4a7c15 + 1;
	files = calloc((size_t)argc, sizeof(*files));
	for (int i = 3; i < argc; i++)
		files[i - 3] = read_input(argv[i]);
	for (unsigned int i = 0; i < runs; i++) {
		mutate(&input, files, (unsigned int)argc - 3, directory != NULL ? 1 : 1 + random_below(4));
		if (directory != NULL) {
			write_input(directory, i, &input);
			continue;
		}
		try_input(&input);
		with_errors += harness_errors > 0;
	}
	for (int i = 3; i < argc; i++)
		free(files[i - 3].text);
	free(files);
	free(input.text);
	printf("%u inputs, %u of them with errors\n", runs, with_errors);
	return directory == NULL && (with_errors == 0 || with_errors == runs);
}
