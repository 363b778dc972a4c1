/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is the running kernel the one whose types the program was compiled with?
 * Offsets and prototypes of another one would be wrong without a sign. Kernels
 * are told apart by their build ID or, where kwcc found none, by their BTF.
 */
#include <asm/unistd.h>

#include "start.h"

#define NOTES	"/sys/kernel/notes"
#define BTF	"/sys/kernel/btf/vmlinux"
#define CHUNK	16384

extern const struct kw_kernel kernels_begin[] __asm__("__start_kw_kernel") __attribute__((visibility("hidden")));
extern const struct kw_kernel kernels_end[] __asm__("__stop_kw_kernel") __attribute__((visibility("hidden")));

static unsigned int word(const unsigned char *at)
{
	return at[0] | (unsigned int)at[1] << 8 | (unsigned int)at[2] << 16 | (unsigned int)at[3] << 24;
}

/* 1: the notes hold this GNU build ID */
static int notes_have(const unsigned char *notes, unsigned long size, const struct kw_kernel *kernel)
{
	unsigned long at = 0;

	while (at + 16 <= size) {
		unsigned long name = (word(notes + at) + 3ul) & ~3ul;
		unsigned long value = word(notes + at + 4);
		int is_id = word(notes + at + 8) == 3 && name == 4 && word(notes + at + 12) == 0x554e47; /* NT_GNU_BUILD_ID, GNU */
		unsigned long i = 0;

		at += 12 + name;
		if (at > size || value > size - at)
			break;
		if (is_id && value == kernel->id_size) {
			while (i < value && notes[at + i] == kernel->id[i])
				i++;
			return i == value;
		}
		at += (value + 3) & ~3ul;
	}
	return 0;
}

/* 1: same, 0: another one, -errno */
static long same_build_id(const struct kw_kernel *kernel)
{
	unsigned char notes[8192];
	long fd = kw_sys_open(NOTES);
	long size;

	if (fd < 0)
		return fd;
	size = kw_sys_read_all((int)fd, notes, sizeof(notes));
	kw_sys(__NR_close, fd, 0, 0, 0);
	return size < 0 ? size : notes_have(notes, (unsigned long)size, kernel);
}

static long same_btf(const struct kw_kernel *kernel)
{
	unsigned char chunk[CHUNK];
	uint64_t hash = KW_HASH_START;
	long fd = kw_sys_open(BTF);
	long size;

	if (fd < 0)
		return fd;
	do {
		size = kw_sys_read_all((int)fd, chunk, sizeof(chunk));
		if (size > 0)
			hash = kw_hash(hash, chunk, (unsigned long)size);
	} while (size == CHUNK);
	kw_sys(__NR_close, fd, 0, 0, 0);
	return size < 0 ? size : hash == kernel->hash;
}

int kw_has_kernel(void)
{
	for (const struct kw_kernel *kernel = kernels_begin; kernel < kernels_end; kernel++) {
		if (kernel->kind != KW_KERNEL_NONE)
			return 1;
	}
	return 0;
}

int kw_check_kernel(void)
{
	for (const struct kw_kernel *kernel = kernels_begin; kernel < kernels_end; kernel++) {
		char release[65];
		long same;

		if (kernel->kind == KW_KERNEL_NONE)
			continue;
		same = kernel->kind == KW_KERNEL_BUILD_ID ? same_build_id(kernel) : same_btf(kernel);
		if (same == 1)
			continue;
		if (same < 0) {
			kw_message("kernel mode is not to be had: which kernel runs can't be told: ",
				   kernel->kind == KW_KERNEL_BUILD_ID ? NOTES : BTF, ": ", kw_error_text(same),
				   "; mount /sys, or run it as a user who may read there", (char *)0);
			return -1;
		}
		kw_release(release);
		kw_message("kernel mode is not to be had: it was built for the types of kernel ",
			   kernel->release[0] != '\0' ? kernel->release : "(unknown release)", ", and this is ", release,
			   kw_same(release, kernel->release) ? " of another build" : "", "; run kwcc again here", (char *)0);
		return -1;
	}
	return 0;
}
