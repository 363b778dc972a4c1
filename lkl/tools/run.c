// SPDX-License-Identifier: BSD-2-Clause
/*
 * lkl run: starts a program with the preload library, which takes over its system
 * calls on sockets and on files in images. What can be checked is checked here,
 * before the program runs.
 */
#include <elf.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../preload/options.h"
#include "image.h"
#include "lkl.h"
#include "refusal.h"

#define PRELOAD	"liblkl-run.so"
#define FAILED	125		/* also what the preload library exits with */

static const char usage[] =
	"usage: lkl run [OPTIONS] PROGRAM [ARGUMENT ...]\n"
	"\n"
	"  -i, --image FILE=MOUNTPOINT[,ro][,type=TYPE][,partition=N]\n"
	"                          a file system in the program's library kernel; the program sees it there\n"
	"  -n, --net tap:NAME[,ADDRESS/PREFIX[,GATEWAY]]\n"
	"                          a network interface: a tap device\n"
	"  -n, --net fd:N[,ADDRESS/PREFIX[,GATEWAY]]\n"
	"                          the same on an open file: one end of a socket pair (SOCK_SEQPACKET)\n"
	"      --memory MEGABYTES  of the library kernel, 128 otherwise\n"
	"      --log FILE          where its log goes\n"
	"\n"
	"Sockets of the internet families are the library kernel's; without --net they reach 127.0.0.1 only.\n";

static struct run_options options;
static char text[16384];		/* for the environment */

static int misuse(const char *reason, const char *what)
{
	fprintf(stderr, "lkl run: %s%s%s; lkl run --help tells more\n", what, *what ? ": " : "", reason);
	return FAILED;
}

static int add(const char *word, const char *value)
{
	const char *wrong = run_option(&options, word, value);
	int length = strlen(text), more;

	if (wrong)
		return misuse(wrong, value);
	more = snprintf(text + length, sizeof(text) - length, "%s %s\n", word, value);
	return more < (int)sizeof(text) - length ? 0 : misuse("too long", value);
}

/* 0: the library kernel can be given the file. What is no image is found before the program runs. */
static int check_image(const struct run_image *image)
{
	const char *refusal = NULL, *next = "";
	struct stat status;
	int error = 0;

	if (stat(image->file, &status))
		error = errno;
	else if (!(refusal = file_refusal(&status)) && access(image->file, image->read_only ? R_OK : R_OK | W_OK))
		error = errno;
	if (!error && !refusal)
		return 0;
	if (error && !image->read_only && !access(image->file, R_OK))
		next = "; to read only, add ,ro";
	fprintf(stderr, "lkl run: %s: %s%s\n", image->file, refusal ? refusal : strerror(error), next);
	return FAILED;
}

/* The program may change its directory before it needs the image: its path becomes absolute. */
static int add_image(const char *value)
{
	char full[2 * PATH_MAX], file[PATH_MAX];
	size_t length = strcspn(value, "=");
	int error;

	if (!value[length])
		return add("image", value);
	snprintf(full, sizeof(full), "%.*s", (int)length, value);
	if (!realpath(full, file)) {
		fprintf(stderr, "lkl run: %s: %s\n", full, strerror(errno));
		return FAILED;
	}
	snprintf(full, sizeof(full), "%s%s", file, value + length);
	error = add("image", full);
	return error ? error : check_image(&options.image[options.images - 1]);
}

static int add_log(const char *value)
{
	char full[2 * PATH_MAX], directory[PATH_MAX];

	if (*value == '/' || !getcwd(directory, sizeof(directory)))
		return add("log", value);
	snprintf(full, sizeof(full), "%s/%s", directory, value);
	return add("log", full);
}

/* Where execvp() would find it. */
static int find_program(const char *name, char *path, size_t size)
{
	const char *list = getenv("PATH");

	if (strchr(name, '/'))
		return snprintf(path, size, "%s", name) < (int)size ? 0 : -1;
	for (list = list ? list : "/usr/bin:/bin"; *list; list += strspn(list, ":")) {
		int length = strcspn(list, ":");

		snprintf(path, size, "%.*s/%s", length, list, name);
		if (!access(path, X_OK))
			return 0;
		list += length;
	}
	return -1;
}

/* The program, linked by lkl-gcc, has all in it that is loaded into others: it says so by a note. */
static int has_note(FILE *file, const Elf64_Phdr *header)
{
	struct { Elf64_Nhdr head; char name[4]; } note;
	size_t at = 0;

	while (at + sizeof(note) <= header->p_filesz) {
		if (fseek(file, header->p_offset + at, SEEK_SET) || fread(&note, sizeof(note), 1, file) != 1)
			return 0;
		if (note.head.n_namesz == 4 && !memcmp(note.name, "lkl", 4))
			return 1;
		at += sizeof(note.head) + (note.head.n_namesz + 3) / 4 * 4 + (note.head.n_descsz + 3) / 4 * 4;
	}
	return 0;
}

/* 0: nothing is to be said against it; with *ready set if nothing need be loaded into it. */
static int check_elf(FILE *file, const char *path, int *ready)
{
	Elf64_Phdr header;
	Elf64_Ehdr elf;
	int interpreted = 0;

	if (fread(&elf, sizeof(elf), 1, file) != 1 || memcmp(elf.e_ident, ELFMAG, SELFMAG))
		return 0;		/* a script, or execvp() knows */
	for (int i = 0; i < elf.e_phnum; i++) {
		if (fseek(file, elf.e_phoff + i * elf.e_phentsize, SEEK_SET) || fread(&header, sizeof(header), 1, file) != 1)
			break;
		interpreted |= header.p_type == PT_INTERP;
		if (header.p_type == PT_NOTE)
			*ready |= has_note(file, &header);
	}
	if (interpreted || *ready)
		return 0;
	fprintf(stderr, "lkl run: %s: is linked statically, so nothing can be loaded into it; link it dynamically, or by lkl-gcc\n", path);
	return FAILED;
}

/* A program that a preload library can't reach gets a message instead of a run in the wrong kernel. */
static int check_program(const char *name, int *ready)
{
	char path[PATH_MAX];
	struct stat status;
	FILE *file;
	int error;

	if (find_program(name, path, sizeof(path)) || !(file = fopen(path, "re")))
		return 0;		/* execvp() knows why */
	if (!fstat(fileno(file), &status) && status.st_mode & (S_ISUID | S_ISGID) && geteuid()) {
		fprintf(stderr, "lkl run: %s: has another user's rights (set-user-ID), so nothing can be loaded into it; run a copy of it\n", path);
		error = FAILED;
	} else {
		error = check_elf(file, path, ready);
	}
	fclose(file);
	return error;
}

/* The library beside this program: in the same directory's parent, or its lib/unitron. */
static int find_preload(char *path, size_t size)
{
	static const char *const places[] = { "../" PRELOAD, "../lib/unitron/" PRELOAD };
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0)
		return -1;
	self[length] = 0;
	*(strrchr(self, '/') + 1) = 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (snprintf(path, size, "%s%s", self, places[i]) < (int)size && !access(path, R_OK))
			return 0;
	return -1;
}

static int preload(void)
{
	char path[PATH_MAX + 64], list[2 * PATH_MAX];
	const char *before = getenv("LD_PRELOAD");

	if (find_preload(path, sizeof(path))) {
		fprintf(stderr, "lkl run: %s is missing beside this program; build it: make lkl\n", PRELOAD);
		return FAILED;
	}
	if (strpbrk(path, " :")) {
		fprintf(stderr, "lkl run: %s: the dynamic linker takes no path with a space or colon; put it elsewhere\n", path);
		return FAILED;
	}
	snprintf(list, sizeof(list), "%s%s%s", path, before ? ":" : "", before ? before : "");
	setenv("LD_PRELOAD", list, 1);
	return 0;
}

static int start(char **arguments)
{
	setenv(RUN_VARIABLE, text, 1);
	execvp(arguments[0], arguments);
	fprintf(stderr, "lkl run: %s: %s\n", arguments[0], strerror(errno));
	return errno == ENOENT ? 127 : 126;
}

int run_program(int argc, char **argv)
{
	static const struct option known[] = {
		{ "image", 1, 0, 'i' }, { "net", 1, 0, 'n' }, { "memory", 1, 0, 'm' }, { "log", 1, 0, 'l' }, { "help", 0, 0, 'h' }, { 0 },
	};
	int option, error, ready = 0;

	optind = 0;
	while ((option = getopt_long(argc, argv, "+i:n:h", known, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		error = option == 'i' ? add_image(optarg) : option == 'n' ? add("net", optarg) : option == 'm' ? add("memory", optarg) :
			option == 'l' ? add_log(optarg) : misuse("unknown option", "");
		if (error)
			return error;
	}
	if (optind == argc)
		return misuse("a program is missing", "");
	error = check_program(argv[optind], &ready);
	if (!error && !ready)
		error = preload();
	return error ? error : start(argv + optind);
}
