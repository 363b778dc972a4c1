/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A static program as the linker wrote it, laid out in memory as it will be
 * when it runs, to be changed there and written back.
 */
#pragma once

#include "object.h"

struct image {
	const char *path;
	int fd;
	Elf64_Ehdr header;
	Elf64_Phdr *phdr;
	void *memory;
	size_t size;
	uintptr_t bias;		/* of the layout in this process */
	bool has_loader;	/* it is dynamically linked */
};

/*
 * Read a program. False: it can't be, a message is printed. A dynamically
 * linked one is not laid out. image_write() puts the code segments back.
 * image_close() in any case.
 */
bool image_open(struct image *image, const char *path);
bool image_write(const struct image *image);
void image_close(struct image *image);
