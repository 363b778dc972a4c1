/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * damaged user|kernel COUNT: execute COUNT copies of this program that are cut
 * off or have wild values in their headers, from user mode, or from kernel mode
 * as programs in kernel mode. Prints how each ends, the same in both. What a
 * copy executes is what it should, or nothing: its code is whole, or not there.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"

#define SIZE	(4 << 20)
#define RUN(list) (list)[random_next() % ARRAY_SIZE(list)]

static unsigned char whole[SIZE], copy[SIZE];
static size_t size;

static void load(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	while ((got = read(fd, whole + size, SIZE - size)) > 0)
		size += got;
	close(fd);
	if (size < 10000 || size == SIZE)
		fail("the program has %zu bytes", size);
}

static void put(size_t at, const void *value, size_t bytes)
{
	memcpy(copy + at, value, bytes);
}

/* A field of the file's header */
static void damage_header(Elf64_Ehdr *header)
{
	static const uint64_t entries[] = { 0, 1, 1ull << 47, 1ull << 63, ~0ull, 0xffffffff81000000, 0xffff888000000000, 0x7ffffffff000 };
	static const uint16_t small[] = { 0, 1, 2, 4, 55, 57, 64, 0x7fff, 0xffff };
	static const uint64_t offsets[] = { 0, 1, 63, 1ull << 40, 1ull << 63, ~0ull };

	switch (random_next() % 7) {
	case 0:
		header->e_ident[random_next() % 16] = random_next();
		break;
	case 1:
		header->e_entry = RUN(entries);
		break;
	case 2:
		header->e_type = RUN(small);
		break;
	case 3:
		header->e_machine = RUN(small);
		break;
	case 4:
		header->e_phoff = RUN(offsets);
		break;
	case 5:
		header->e_phentsize = RUN(small);
		break;
	default:
		header->e_phnum = RUN(small);
	}
}

/* A field of a segment's */
static void damage_segment(Elf64_Phdr *segment)
{
	static const uint32_t types[] = { PT_NULL, PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_TLS, PT_GNU_STACK, PT_GNU_PROPERTY, ~0u };
	static const uint64_t offsets[] = { 1ull << 40, 1ull << 63, ~0ull };
	static const uint64_t addresses[] = { 0, 1ull << 46, 1ull << 47, 1ull << 63, ~0ull, 0x7ffffffff000, 0xffffffff81000000 };
	static const uint64_t sizes[] = { 0, 1ull << 40, 1ull << 47, 1ull << 63, ~0ull };
	static const uint64_t alignments[] = { 0, 1, 3, 4095, 1ull << 30, 1ull << 46, 1ull << 63, ~0ull };

	switch (random_next() % 7) {
	case 0:
		segment->p_type = RUN(types);
		break;
	case 1:
		segment->p_flags = random_next() % 8;
		break;
	case 2:
		segment->p_offset = RUN(offsets);
		break;
	case 3:
		segment->p_vaddr = RUN(addresses);
		break;
	case 4:
		segment->p_filesz = RUN(sizes);
		break;
	case 5:
		segment->p_memsz = RUN(sizes);
		break;
	default:
		segment->p_align = RUN(alignments);
	}
}

/* A copy in a file without a name: number n is the same each time. */
static int make(unsigned int n)
{
	static const unsigned int sizes[] = { 0, 1, 4, 63, 64, 65, 120, 200, 500, 4095, 4096 };
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)whole;
	Elf64_Ehdr changed = *header;
	int fd = syscall(SYS_memfd_create, "damaged", 0);
	size_t length = n < ARRAY_SIZE(sizes) ? sizes[n] : size;

	random_seed(n + 1);
	memcpy(copy, whole, size);
	for (unsigned int i = 0; n >= ARRAY_SIZE(sizes) && i <= n % 3; i++) {
		size_t at = header->e_phoff + random_next() % header->e_phnum * sizeof(Elf64_Phdr);
		Elf64_Phdr segment;

		if (random_next() % 2) {
			damage_header(&changed);
			put(0, &changed, sizeof(changed));
			continue;
		}
		memcpy(&segment, copy + at, sizeof(segment));
		damage_segment(&segment);
		put(at, &segment, sizeof(segment));
	}
	if (write(fd, copy, length) != (ssize_t)length)
		fail_errno("write");
	return fd;
}

int main(int argc, char **argv)
{
	const struct rlimit no_core = { 0, 0 };
	unsigned long count;

	/* A copy that is whole enough */
	if (argc == 2 && strcmp(argv[1], "copy") == 0)
		_exit(0);
	if (argc != 3)
		return 2;
	count = strtoul(argv[2], NULL, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	load();
	if (strcmp(argv[1], "kernel") == 0)
		enter(KW_STAY_FORK | KW_STAY_EXEC);
	for (unsigned int n = 0; n < count; n++) {
		int fd = make(n), status;
		pid_t child;

		fflush(stdout);
		child = fork();
		if (child == 0) {
			char path[32];

			snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
			execl(path, "damaged", "copy", NULL);
			_exit(errno);
		}
		waitpid(child, &status, 0);
		close(fd);
		printf("%u %s\n", n, status_text(status));
	}
	return 0;
}
