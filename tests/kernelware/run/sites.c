/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the patcher finds in ELF files, which are not run.
 *
 *	sites [-v] FILE...
 *
 * A line for each file: its name, SYSCALL instructions, how many of each
 * verdict, by how many instructions windows are made, for how many the number
 * is known. -v: each one, too: address, verdict, window's size, number or -1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sites.h"

#define PAGE 4096u

struct file {
	const uint8_t *bytes;
	size_t size;
	uint8_t *image;		/* as the loader would map it */
	size_t image_size;
};

/* The segments where they belong; false: not an object that could be loaded */
static bool map_segments(struct file *file, const Elf64_Phdr *headers, unsigned int count)
{
	uintptr_t end = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (headers[i].p_type != PT_LOAD)
			continue;
		if (headers[i].p_vaddr > INT32_MAX || headers[i].p_memsz > INT32_MAX || headers[i].p_filesz > headers[i].p_memsz ||
		    headers[i].p_offset > file->size || headers[i].p_filesz > file->size - headers[i].p_offset)
			return false;
		if (headers[i].p_vaddr + headers[i].p_memsz > end)
			end = headers[i].p_vaddr + headers[i].p_memsz;
	}
	file->image_size = (end + PAGE) & -(size_t)PAGE;
	file->image = mmap(NULL, file->image_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (file->image == MAP_FAILED)
		return false;
	for (i = 0; i < count; i++)
		if (headers[i].p_type == PT_LOAD)
			memcpy(file->image + headers[i].p_vaddr, file->bytes + headers[i].p_offset, headers[i].p_filesz);
	return true;
}

static int instructions(uint32_t starts)
{
	return __builtin_popcount(starts);
}

static void show(const char *name, const struct sites *sites, bool verbose)
{
	size_t verdicts[SITE_VERDICTS] = { 0 }, windows[JUMP_SIZE + 1] = { 0 }, known = 0, i;

	for (i = 0; i < sites->count; i++) {
		const struct site *site = &sites->list[i];

		verdicts[site->verdict]++;
		if (site->verdict == SITE_GOOD) {
			windows[instructions(site->starts)]++;
			known += site->constant != 0;
		}
	}
	printf("%s: %zu system calls", name, sites->count);
	for (i = 0; i < SITE_VERDICTS; i++)
		if (verdicts[i])
			printf(", %zu %s", verdicts[i], verdict_name((enum verdict)i));
	printf("; instructions in windows:");
	for (i = 1; i <= JUMP_SIZE; i++)
		printf(" %zu", windows[i]);
	printf("; numbers known %zu; other bytes %zu\n", known, sites->bytes);
	for (i = 0; verbose && i < sites->count; i++) {
		const struct site *site = &sites->list[i];

		printf("%lx %s %d %ld\n", (unsigned long)(site->address - sites->object->bias), verdict_name(site->verdict),
		       site->verdict == SITE_GOOD ? (int)(site->address - site->window) : 0, site->constant ? (long)site->number : -1L);
	}
}

static const char *look_at(const char *name, struct file *file, bool verbose)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)file->bytes;
	const Elf64_Phdr *headers;
	struct object object;
	struct sites sites;

	if (file->size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
	    header->e_machine != EM_X86_64)
		return "not an ELF file for x86-64";
	if (header->e_phentsize != sizeof(*headers) || header->e_phoff % 8 != 0 || header->e_phoff > file->size ||
	    header->e_phnum > (file->size - header->e_phoff) / sizeof(*headers))
		return "program headers are damaged";
	headers = (const Elf64_Phdr *)(file->bytes + header->e_phoff);
	if (!map_segments(file, headers, header->e_phnum))
		return "segments are damaged";
	if (!object_open(&object, name, (uintptr_t)file->image, headers, header->e_phnum))
		return "no code";
	object.fixed = header->e_type == ET_EXEC;
	if (sites_open(&sites, &object))
		show(name, &sites, verbose);
	else
		printf("%s: no unwind table\n", name);
	sites_close(&sites);
	return NULL;
}

int main(int argc, char **argv)
{
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	int status = 0;
	int i;

	for (i = 1 + verbose; i < argc; i++) {
		struct file file = { 0 };
		struct stat stat;
		const char *error = NULL;
		int fd = open(argv[i], O_RDONLY);

		if (fd < 0 || fstat(fd, &stat) != 0)
			error = strerror(errno);
		else if ((file.size = (size_t)stat.st_size) > 0)
			file.bytes = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (!error)
			error = file.bytes == MAP_FAILED ? strerror(errno) : look_at(argv[i], &file, verbose);
		if (error) {
			fprintf(stderr, "sites: %s: %s\n", argv[i], error);
			status = 1;
		}
		if (file.image)
			munmap(file.image, file.image_size);
		if (file.size > 0)
			munmap((void *)file.bytes, file.size);
		if (fd >= 0)
			close(fd);
	}
	return status;
}
