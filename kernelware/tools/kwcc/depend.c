/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules for make that the compiler writes (-MD) name the header of the
 * run, which is gone when make reads them: they are taken out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kwcc.h"

/* Names in the scratch directory; "NAME:" in a line of its own is -MP's. */
static void clean(char *text)
{
	size_t length = strlen(scratch);
	char *at;

	while ((at = strstr(text, scratch)) != NULL) {
		char *end = at + length + strcspn(at + length, " \t\n\\:");

		if (*end == ':' && (at == text || at[-1] == '\n')) {
			end += strcspn(end, "\n");
			end += *end == '\n';
		} else {
			while (at > text && strchr(" \t\\\n", at[-1]) != NULL)
				at--;
		}
		memmove(at, end, strlen(end) + 1);
	}
}

static void clean_file(const char *path)
{
	FILE *stream = fopen(path, "r+");
	long size;
	char *text;

	if (stream == NULL)
		return;
	if (fseek(stream, 0, SEEK_END) == 0 && (size = ftell(stream)) > 0 && (text = calloc(1, (size_t)size + 1)) != NULL) {
		rewind(stream);
		if (fread(text, 1, (size_t)size, stream) == (size_t)size && strstr(text, scratch) != NULL) {
			clean(text);
			stream = freopen(path, "w", stream);
			if (stream == NULL || fputs(text, stream) == EOF)
				die("%s can't be written", path);
		}
		free(text);
	}
	fclose(stream);
}

/* `path` without directory and suffix */
static char *stem_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *stem = path_of("%s", slash != NULL ? slash + 1 : path);
	char *dot = strrchr(stem, '.');

	if (dot != NULL)
		*dot = '\0';
	return stem;
}

void rules_clean(const struct command *command, const char *source)
{
	char *output;
	char *dot;

	if (!command->writes_rules)
		return;
	if (command->rules != NULL) {
		clean_file(command->rules);
		return;
	}
	/* Where gcc puts them depends on what it makes; what is not one of its own stays as it is. */
	clean_file(path_of("%s.d", stem_of(source)));
	clean_file(path_of("a-%s.d", stem_of(source)));
	if (command->output == NULL)
		return;
	output = path_of("%s", command->output);
	clean_file(path_of("%s.d", output));
	clean_file(path_of("%s-%s.d", output, stem_of(source)));
	dot = strrchr(output, '.');
	if (dot == NULL || strchr(dot, '/') != NULL)
		return;
	*dot = '\0';
	clean_file(path_of("%s.d", output));
	clean_file(path_of("%s-%s.d", output, stem_of(source)));
}
