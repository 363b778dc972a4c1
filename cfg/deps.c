/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Merging the compiler's dependency files. Words are copied as the compiler
 * wrote them, with its escapes. Each dependency also becomes a target without
 * a rule, so that a header that was removed does not stop make.
 */
#include <string.h>

#include "deps.h"
#include "files.h"
#include "memory.h"
#include "message.h"

/* The next word, unterminated; backslash-newline is white space, `\ ` belongs to a word. */
static const char *next_word(const char **at, size_t *length)
{
	const char *word;

	while (**at == ' ' || **at == '\n' || ((*at)[0] == '\\' && (*at)[1] == '\n'))
		*at += **at == '\\' ? 2 : 1;
	word = *at;
	while (**at != '\0' && **at != ' ' && **at != '\n') {
		if ((*at)[0] == '\\' && (*at)[1] == '\n')
			break;
		*at += (*at)[0] == '\\' && (*at)[1] != '\0' ? 2 : 1;
	}
	*length = (size_t)(*at - word);
	return word;
}

/* A path for make: blanks, # and $ escaped. */
static const char *escape(const char *path)
{
	struct buffer escaped = { 0 };

	for (; *path != '\0'; path++) {
		if (*path == ' ' || *path == '#')
			buffer_add(&escaped, "\\", 1);
		if (*path == '$')
			buffer_add(&escaped, "$", 1);
		buffer_add(&escaped, path, 1);
	}
	return escaped.text;
}

void deps_write(const char *const *names, unsigned int count)
{
	FILE *file = files_create("kernel_cfg.d");
	const char *scratch = escape(files_scratch(""));
	struct table seen = { 0 };
	struct buffer targets = { 0 };

	fprintf(file, "%s:", escape(files_output("kernel_cfg.c")));
	for (unsigned int i = 0; i < count; i++) {
		size_t length;
		const char *at = files_read(files_scratch(names[i]), &length);
		const char *start;

		if (at == NULL)
			fatal("the compiler wrote no dependencies (-MMD)");
		next_word(&at, &length);	/* the target */
		while (*(start = next_word(&at, &length)) != '\0') {
			char *word = memory_string(start, length);

			if (strncmp(word, scratch, strlen(scratch)) == 0 || table_find(&seen, word) != NULL)
				continue;
			table_add(&seen, word, word);
			fprintf(file, " \\\n  %s", word);
			buffer_add(&targets, word, length);
			buffer_add(&targets, ":\n", 2);
		}
	}
	fprintf(file, "\n%s", targets.text != NULL ? targets.text : "");
	files_close(file, "kernel_cfg.d");
}
