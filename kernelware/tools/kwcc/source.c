/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each source is preprocessed once to see whether it has `#pragma kernel`
 * lines, its own or those of headers; for one that has, kw-kernel-header makes
 * a header.
 */
#include <sys/stat.h>

#include "kwcc.h"

/* The command line for preprocessing one source: all that can matter to that, and nothing that writes files */
static void preprocess_list(struct list *list, const struct command *command, const struct argument *source)
{
	list_add(list, compiler);
	for (size_t i = 0; i < command->count; i++) {
		if (command->arguments[i].role == OPTION)
			list_add(list, command->arguments[i].text);
	}
	list_add(list, "-idirafter");
	list_add(list, path_of("%s/include", prefix));
	list_add(list, "-E");
	if (source->language != NULL) {
		list_add(list, "-x");
		list_add(list, source->language);
	}
	list_add(list, source->text);
}

/* 0, or the exit status of what failed */
static int scan(const struct command *command, struct argument *source, size_t number)
{
	char *text = path_of("%s/%zu.i", scratch, number);
	char *header = path_of("%s/%zu.h", scratch, number);
	struct list list = { 0 };
	struct stat status;
	int result;

	preprocess_list(&list, command, source);
	/* What fails here will fail in the compiler, too, which then tells. */
	if (run(&list, text, true) != 0)
		return 0;
	list = (struct list){ 0 };
	list_add(&list, path_of("%s/lib/kw/kw-kernel-header", prefix));
	if (command->btf != NULL)
		list_add(&list, path_of("--btf=%s", command->btf));
	list_add(&list, path_of("--output=%s", header));
	list_add(&list, text);
	result = run(&list, NULL, false);
	if (result == 0 && stat(header, &status) == 0 && status.st_size > 0)
		source->header = header;
	return result;
}

size_t scan_sources(struct command *command, int *status)
{
	size_t found = 0;

	*status = 0;
	for (size_t i = 0; i < command->count; i++) {
		struct argument *argument = &command->arguments[i];

		if (argument->role != SOURCE)
			continue;
		if (scan(command, argument, i) != 0)
			*status = 1;
		found += argument->header != NULL;
	}
	return found;
}
