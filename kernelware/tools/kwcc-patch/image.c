/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing a static program: see image.h.
 */
#define _GNU_SOURCE
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE	4096u
#define MOST	(1ul << 32)	/* bytes of a program in memory */

static bool complain(const struct image *image, const char *why)
{
	fprintf(stderr, "kwcc-patch: %s: %s\n", image->path, why);
	return false;
}

static bool read_at(const struct image *image, void *to, size_t size, uint64_t offset)
{
	return offset < 1ul << 62 && pread(image->fd, to, size, (off_t)offset) == (ssize_t)size;
}

static bool read_headers(struct image *image)
{
	const Elf64_Ehdr *header = &image->header;
	size_t size;

	if (!read_at(image, &image->header, sizeof(image->header), 0) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return complain(image, "this is no ELF file");
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64 ||
	    (header->e_type != ET_EXEC && header->e_type != ET_DYN))
		return complain(image, "this is no program for x86-64");
	if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 || header->e_phnum > 1000)
		return complain(image, "its program headers are damaged; link it again");
	size = header->e_phnum * sizeof(Elf64_Phdr);
	image->phdr = malloc(size);
	if (image->phdr == NULL || !read_at(image, image->phdr, size, header->e_phoff))
		return complain(image, "its program headers are cut off; link it again");
	return true;
}

/* The range that the segments take; false: it makes no sense. */
static bool find_range(const struct image *image, uint64_t *low, uint64_t *high)
{
	*low = UINT64_MAX;
	*high = 0;
	for (unsigned int i = 0; i < image->header.e_phnum; i++) {
		const Elf64_Phdr *segment = &image->phdr[i];

		if (segment->p_type != PT_LOAD)
			continue;
		if (segment->p_filesz > segment->p_memsz || segment->p_memsz > MOST || segment->p_vaddr > 1ul << 47)
			return false;
		if (segment->p_vaddr < *low)
			*low = segment->p_vaddr;
		if (segment->p_vaddr + segment->p_memsz > *high)
			*high = segment->p_vaddr + segment->p_memsz;
	}
	*low &= -(uint64_t)PAGE;
	*high = (*high + PAGE - 1) & -(uint64_t)PAGE;
	return *low < *high && *high - *low <= MOST;
}

/* A program for a fixed address is laid out there: pointers in it mean what they say. */
static bool lay_out(struct image *image)
{
	bool fixed = image->header.e_type == ET_EXEC;
	uint64_t low, high;

	if (!find_range(image, &low, &high))
		return complain(image, "its segments are damaged; link it again");
	image->size = high - low;
	image->memory = mmap(fixed ? (void *)low : NULL, image->size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (fixed ? MAP_FIXED_NOREPLACE : 0), -1, 0);
	if (image->memory == MAP_FAILED || (fixed && image->memory != (void *)low))
		return complain(image, "there is no room for it in memory, where it is linked to");
	image->bias = (uintptr_t)image->memory - low;
	for (unsigned int i = 0; i < image->header.e_phnum; i++) {
		const Elf64_Phdr *segment = &image->phdr[i];

		if (segment->p_type == PT_LOAD &&
		    !read_at(image, (void *)(image->bias + segment->p_vaddr), segment->p_filesz, segment->p_offset))
			return complain(image, "a segment is cut off; link it again");
	}
	return true;
}

bool image_open(struct image *image, const char *path)
{
	*image = (struct image){ .path = path, .fd = open(path, O_RDWR | O_CLOEXEC) };
	if (image->fd < 0)
		return complain(image, strerror(errno));
	if (!read_headers(image))
		return false;
	for (unsigned int i = 0; i < image->header.e_phnum; i++)
		image->has_loader |= image->phdr[i].p_type == PT_INTERP;
	return image->has_loader || lay_out(image);
}

bool image_write(const struct image *image)
{
	for (unsigned int i = 0; i < image->header.e_phnum; i++) {
		const Elf64_Phdr *segment = &image->phdr[i];

		if (segment->p_type != PT_LOAD || (segment->p_flags & PF_X) == 0)
			continue;
		if (pwrite(image->fd, (void *)(image->bias + segment->p_vaddr), segment->p_filesz, (off_t)segment->p_offset) !=
		    (ssize_t)segment->p_filesz)
			return complain(image, strerror(errno));
	}
	return true;
}

void image_close(struct image *image)
{
	if (image->memory != NULL && image->memory != MAP_FAILED)
		munmap(image->memory, image->size);
	if (image->fd >= 0)
		close(image->fd);
	free(image->phdr);
}
