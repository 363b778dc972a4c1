/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a whole file, of sysfs too, which does not tell sizes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"

#define BIGGEST (256u << 20)	/* bytes: larger than any module or trace */

char *read_file(const char *path, size_t *size)
{
	bool input = !strcmp(path, "-");
	FILE *file = input ? stdin : fopen(path, "rb");
	char *bytes = NULL;
	size_t room = 0, got;

	*size = 0;
	if (input)
		path = "standard input";
	if (!file) {
		fail("%s: %s", path, strerror(errno));
		return NULL;
	}
	do {
		if (*size == room) {
			char *bigger = room < BIGGEST ? realloc(bytes, room = room ? 2 * room : 1u << 20) : NULL;

			if (!bigger) {
				fail("%s: too large", path);
				goto error;
			}
			bytes = bigger;
		}
		got = fread(bytes + *size, 1, room - *size, file);
		*size += got;
	} while (got);
	if (ferror(file)) {
		fail("%s: %s", path, strerror(errno));
		goto error;
	}
	if (!input)
		fclose(file);
	return bytes;
error:
	if (!input)
		fclose(file);
	free(bytes);
	return NULL;
}
