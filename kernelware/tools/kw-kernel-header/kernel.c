/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a kernel's BTF, build ID and release from an ELF file or from /sys.
 */
#include "kernel.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "message.h"

/* Bytes of a file; *size is set. Files in /sys tell no size, or a wrong one: read to the end. */
static unsigned char *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char *bytes = NULL;
	size_t room = 0, length = 0;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) != 0) {
		if (strcmp(path, KERNEL_BTF) == 0)
			fail(NULL, "%s: %s; this kernel gives no BTF: take that of the kernel meant, by --btf=FILE", path, strerror(errno));
		fail(NULL, "%s: %s", path, strerror(errno));
	}
	room = S_ISREG(status.st_mode) && status.st_size > 0 ? (size_t)status.st_size + 1 : 65536;
	for (;;) {
		ssize_t got;

		if (bytes == NULL || length == room) {
			unsigned char *more = allocate(bytes == NULL ? room : (room *= 2));

			if (bytes != NULL)
				memcpy(more, bytes, length);
			bytes = more;
		}
		got = read(fd, bytes + length, room - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			fail(NULL, "%s: %s", path, strerror(errno));
		if (got == 0)
			break;
		length += (size_t)got;
	}
	close(fd);
	*size = length;
	return bytes;
}

static uint32_t word(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Take the GNU build ID if these notes hold one. */
static void take_build_id(struct kw_kernel *identity, const unsigned char *notes, size_t size)
{
	size_t at = 0;

	while (size - at >= sizeof(Elf64_Nhdr)) {
		size_t name = (word(notes + at) + (size_t)3) & ~(size_t)3;
		size_t value = word(notes + at + 4);
		uint32_t type = word(notes + at + 8);

		at += sizeof(Elf64_Nhdr);
		if (name > size - at || value > size - at - name)
			return;
		if (type == NT_GNU_BUILD_ID && name == 4 && memcmp(notes + at, "GNU", 4) == 0 && value >= 8 &&
		    value <= sizeof(identity->id)) {
			memcpy(identity->id, notes + at + name, value);
			identity->id_size = (uint32_t)value;
			identity->kind = KW_KERNEL_BUILD_ID;
			return;
		}
		value = (value + 3) & ~(size_t)3;
		if (value > size - at - name)
			return;
		at += name + value;
	}
}

/* The kernel's banner is "Linux version RELEASE (...": there are formats that begin so, too. */
static void take_release(struct kw_kernel *identity, const unsigned char *bytes, size_t size)
{
	static const char banner[] = "Linux version ";
	const unsigned char *at = bytes;

	while ((at = memmem(at, size - (size_t)(at - bytes), banner, strlen(banner))) != NULL) {
		const char *release = (const char *)at + strlen(banner);
		size_t room = size - (size_t)((const unsigned char *)release - bytes);
		size_t length = 0;

		while (length < room && release[length] > ' ' && release[length] < 127 && release[length] != '"' && release[length] != '\\')
			length++;
		if (length > 0 && length < room && length < sizeof(identity->release) && release[0] >= '0' && release[0] <= '9' &&
		    release[length] == ' ') {
			memcpy(identity->release, release, length);
			return;
		}
		at++;
	}
}

/* The section .BTF, moved to where its words are aligned; and notes on the way */
static const void *elf_btf(struct kw_kernel *identity, const unsigned char *bytes, size_t size, size_t *btf_size, const char *name)
{
	Elf_Scn *section = NULL;
	const void *found = NULL;
	size_t names;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes, size);
	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names) != 0) {
		if (elf != NULL)
			elf_end(elf);
		fail(NULL, "%s: a damaged ELF file: %s; get the file anew", name, elf_errmsg(-1));
	}
	while ((section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr header;
		const char *title;

		if (gelf_getshdr(section, &header) == NULL || header.sh_type == SHT_NOBITS || header.sh_offset > size ||
		    header.sh_size > size - header.sh_offset)
			continue;
		title = elf_strptr(elf, names, header.sh_name);
		if (title != NULL && strcmp(title, ".BTF") == 0 && found == NULL) {
			found = memcpy(allocate(header.sh_size + 8), bytes + header.sh_offset, header.sh_size);
			*btf_size = header.sh_size;
		}
		if (header.sh_type == SHT_NOTE && identity->kind == KW_KERNEL_NONE)
			take_build_id(identity, bytes + header.sh_offset, header.sh_size);
	}
	elf_end(elf);
	if (found == NULL)
		fail(NULL, "%s: an ELF file without the section .BTF; give an unpacked vmlinux that has it", name);
	return found;
}

void kernel_open(struct kernel *kernel, const unsigned char *bytes, size_t size, const char *name)
{
	size_t btf_size = size;
	const void *btf = bytes;

	memset(kernel, 0, sizeof(*kernel));
	if (size >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0) {
		btf = elf_btf(&kernel->identity, bytes, size, &btf_size, name);
		take_release(&kernel->identity, bytes, size);
	}
	btf_open(&kernel->btf, btf, btf_size, name);
	kernel->identity.hash = kw_hash(KW_HASH_START, btf, btf_size);
	if (kernel->identity.kind == KW_KERNEL_NONE)
		kernel->identity.kind = KW_KERNEL_HASH;
}

void kernel_read(struct kernel *kernel, const char *path)
{
	struct utsname name;
	size_t size;
	unsigned char *bytes = read_file(path, &size);

	kernel_open(kernel, bytes, size, path);
	if (strcmp(path, KERNEL_BTF) != 0)
		return;
	if (uname(&name) == 0)
		snprintf(kernel->identity.release, sizeof(kernel->identity.release), "%.*s",
			 (int)sizeof(kernel->identity.release) - 1, name.release);
	if (access(KERNEL_NOTES, R_OK) == 0) {
		bytes = read_file(KERNEL_NOTES, &size);
		take_build_id(&kernel->identity, bytes, size);
	}
}
