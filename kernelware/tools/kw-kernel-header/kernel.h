/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel as a file: its BTF, and what tells it from other kernels.
 */
#pragma once

#include "btf.h"
#include "records.h"

struct kernel {
	struct btf btf;
	struct kw_kernel identity;
};

#define KERNEL_BTF	"/sys/kernel/btf/vmlinux"
#define KERNEL_NOTES	"/sys/kernel/notes"

/*
 * Read `path`: an ELF file with a section .BTF (vmlinux, unpacked), or BTF as
 * such. For KERNEL_BTF the running kernel's build ID and release are added.
 * fail()s if it can't be used.
 */
void kernel_read(struct kernel *kernel, const char *path);

/* The same for bytes in memory, which stay in use. */
void kernel_open(struct kernel *kernel, const unsigned char *bytes, size_t size, const char *name);
