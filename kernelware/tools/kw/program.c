/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kw run is to run: where it is, and whether the auditor will be loaded
 * into it. That is glibc's dynamic loader's work, which does not load it into
 * a program that has more rights than its caller.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kw.h"

#define INTERPRETERS	5	/* a script's interpreter may be a script, so often */
#define HEAD		256	/* of a script, that the kernel looks at */
#define HEADERS_MAX	1024	/* program headers */
#define LOADER		"ld-linux-x86-64.so"

static int refuse(const char *path, const char *what)
{
	complain("%s: %s", path, what);
	return RUN_CANNOT;
}

/* One place: 0, or why it can't be executed */
static int try_place(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return errno;
	if (!S_ISREG(status.st_mode))
		return S_ISDIR(status.st_mode) ? EISDIR : EACCES;
	return access(path, X_OK) == 0 ? 0 : errno;
}

/* Look in the directories of PATH; what is there but can't be executed is passed over, as execvp(3) does. */
static int search(char path[PATH_MAX], const char *name)
{
	const char *directory = getenv("PATH");
	int error = ENOENT;

	if (!directory)
		directory = "/bin:/usr/bin";
	for (;; directory++) {
		size_t length = strcspn(directory, ":");
		int n = snprintf(path, PATH_MAX, "%.*s%s%s", (int)length, directory, length > 0 ? "/" : "", name);
		int here = n < PATH_MAX ? try_place(path) : ENAMETOOLONG;

		if (here == 0)
			return 0;
		if (here == EACCES)
			error = EACCES;
		directory += length;
		if (*directory == '\0')
			return error;
	}
}

int program_find(char path[PATH_MAX], const char *name)
{
	int error;

	if (strchr(name, '/') || *name == '\0') {
		if (snprintf(path, PATH_MAX, "%s", name) >= PATH_MAX)
			error = ENAMETOOLONG;
		else
			error = try_place(path);
	} else {
		error = search(path, name);
	}
	if (error == 0)
		return 0;
	complain("%s: %s", name, strerror(error));
	return error == ENOENT || error == ENOTDIR ? RUN_NOT_FOUND : RUN_CANNOT;
}

/* A program that gets rights its caller does not have: then the loader takes no orders by LD_AUDIT. */
static int check_rights(const char *path, int fd)
{
	struct stat status;
	char capabilities[64];

	if (fstat(fd, &status) != 0)
		return refuse(path, strerror(errno));
	if (status.st_mode & S_ISUID && status.st_uid != geteuid())
		return refuse(path, "is set-user-ID, so nothing may be loaded into it; run kw as the user that owns it");
	if (status.st_mode & S_ISGID && status.st_mode & S_IXGRP && status.st_gid != getegid())
		return refuse(path, "is set-group-ID, so nothing may be loaded into it; run kw with the group that owns it (sg(1))");
	if (getuid() != 0 && fgetxattr(fd, "security.capability", capabilities, sizeof(capabilities)) >= 0)
		return refuse(path, "has capabilities of its own, so nothing may be loaded into it; run kw as root");
	return 0;
}

/* The loader that the program asks for */
static int check_loader(const char *path, int fd, const Elf64_Phdr *interpreter)
{
	char loader[PATH_MAX];
	char *name;

	if (interpreter->p_filesz == 0 || interpreter->p_filesz >= sizeof(loader) ||
	    pread(fd, loader, interpreter->p_filesz, (off_t)interpreter->p_offset) != (ssize_t)interpreter->p_filesz)
		return refuse(path, "is damaged: it does not say what loads it");
	loader[interpreter->p_filesz] = '\0';
	name = strrchr(loader, '/');
	name = name ? name + 1 : loader;
	if (strncmp(name, LOADER, strlen(LOADER)) == 0)
		return 0;
	complain("%s: is loaded by %s, where kw needs glibc's loader; link it with kwcc instead", path, loader);
	return RUN_CANNOT;
}

static int check_elf(const char *path, int fd, const Elf64_Ehdr *header)
{
	Elf64_Phdr *headers;
	size_t size = header->e_phnum * sizeof(*headers);
	int status = -1;
	unsigned int i;

	if (header->e_ident[EI_CLASS] != ELFCLASS64)
		return refuse(path, "is a 32-bit program; kernelware is for 64-bit ones: take a 64-bit build of it");
	if (header->e_machine != EM_X86_64)
		return refuse(path, "is for another kind of processor; kernelware is for x86-64");
	headers = header->e_phnum <= HEADERS_MAX ? malloc(size + 1) : NULL;
	if (!headers || header->e_phentsize != sizeof(*headers) || pread(fd, headers, size, (off_t)header->e_phoff) != (ssize_t)size) {
		free(headers);
		return refuse(path, "is damaged: its program headers can't be read");
	}
	for (i = 0; i < header->e_phnum && status < 0; i++)
		if (headers[i].p_type == PT_INTERP)
			status = check_loader(path, fd, &headers[i]);
	free(headers);
	if (status < 0)
		return refuse(path, "is linked statically, so nothing can be loaded into it; link it with kwcc instead");
	return status != 0 ? status : check_rights(path, fd);
}

/* #! and the path of an interpreter: put it there. */
static bool is_script(const char *head, ssize_t length, char interpreter[HEAD])
{
	size_t size;

	if (length < 3 || head[0] != '#' || head[1] != '!')
		return false;
	head += 2 + strspn(head + 2, " \t");
	size = strcspn(head, " \t\n");
	memcpy(interpreter, head, size);
	interpreter[size] = '\0';
	return size > 0;
}

int program_check(const char *path)
{
	union {
		char text[HEAD + 1];
		Elf64_Ehdr elf;
	} head;
	char interpreter[HEAD];
	int i;

	for (i = 0; i < INTERPRETERS; i++) {
		/* What can't be read may still be executed. */
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t length = fd < 0 ? 0 : read(fd, head.text, HEAD);
		int status = 0;

		head.text[length < 0 ? 0 : length] = '\0';
		if (length >= (ssize_t)sizeof(head.elf) && memcmp(head.elf.e_ident, ELFMAG, SELFMAG) == 0)
			status = check_elf(path, fd, &head.elf);
		if (fd >= 0)
			close(fd);
		if (status != 0 || !is_script(head.text, length, interpreter))
			return status;
		path = interpreter;
	}
	return 0;	/* The kernel refuses it. */
}
