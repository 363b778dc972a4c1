/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests: an object that is loaded in the test's own process.
 */
#pragma once

#define _GNU_SOURCE
#include <link.h>
#include <string.h>

#include "object.h"

struct loaded {
	const char *part;		/* of the name; "": the program */
	struct object object;
	bool found;
};

static inline int loaded_visit(struct dl_phdr_info *info, size_t size, void *context)
{
	struct loaded *loaded = context;
	bool program = info->dlpi_name[0] == '\0';

	(void)size;
	if (loaded->part[0] == '\0' ? !program : !strstr(info->dlpi_name, loaded->part))
		return 0;
	loaded->found = object_open(&loaded->object, info->dlpi_name, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
	return 1;
}

static inline struct loaded loaded_find(const char *part)
{
	struct loaded loaded = { .part = part };

	dl_iterate_phdr(loaded_visit, &loaded);
	return loaded;
}
