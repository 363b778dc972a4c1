/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kwcc: gcc for programs that run in kernel mode. It links the start code, and
 * makes known to each source what this names by `#pragma kernel`.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kwcc.h"

static const char usage[] =
	"usage: kwcc [--btf=FILE] [--traps] OPTION-OF-GCC... FILE...\n"
	"Compile and link as gcc (kwc++: g++) does; the program starts in kernel mode.\n"
	"\n"
	"  --btf=FILE  the kernel whose functions, structs and variables `#pragma kernel`\n"
	"              names: an unpacked vmlinux, or its BTF. Default: the running one's,\n"
	"              /sys/kernel/btf/vmlinux\n"
	"  --traps     leave the program's system calls traps\n"
	"\n"
	"All other options are gcc's. Environment: KW_CC, KW_CXX the compilers, KWCC_BTF as --btf.\n"
	"See kwcc(1).\n";

/* Where this program is installed: files beside it are found from there. */
static void find_prefix(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length < 0)
		die("/proc/self/exe: %s; mount /proc", strerror(errno));
	path[length] = '\0';
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(path, '/');

		if (slash != NULL)
			*slash = '\0';
	}
	prefix = path_of("%s", path);
}

static const char *needed(const char *name)
{
	char *path = path_of("%s/%s", prefix, name);

	if (access(path, R_OK) != 0)
		die("%s: %s; install kwcc again, with all its files", path, strerror(errno));
	return path;
}

static bool is_program(const struct command *command)
{
	return command->step == LINK && !command->shared && !command->relocatable && command->inputs > 0;
}

/* What makes it a program that starts in kernel mode, and finds its system calls to be calls */
static void add_start(struct list *list, const struct command *command)
{
	list_add(list, "-Wl,-e,_kw_start");
	list_add(list, needed("lib/kw/start.o"));
	if (command->traps)
		return;
	if (command->is_static) {
		list_add(list, needed("lib/kw/room.o"));
		/* kwcc-patch finds functions by it. */
		list_add(list, "-Wl,--eh-frame-hdr");
	} else {
		list_add(list, path_of("-Wl,--audit=%s", needed("lib/kw/libkwcc.so")));
	}
}

/* The last step for a program that was linked; status: of the linker */
static int patch(const struct command *command, int status)
{
	struct list list = { 0 };

	if (status != 0 || !is_program(command) || !command->is_static || command->traps)
		return status;
	list_add(&list, needed("lib/kw/kwcc-patch"));
	list_add(&list, command->output != NULL ? command->output : "a.out");
	return run(&list, NULL, false);
}

/* For the compiler, where the source has requests */
static void add_header(struct list *list, const char *header)
{
	list_add(list, "-include");
	list_add(list, header);
	list_add(list, "-Wno-unknown-pragmas");
	/* Where this run was is of no interest to debuggers. */
	list_add(list, path_of("-ffile-prefix-map=%s=/kwcc", scratch));
}

/* The whole command line, with the objects of sources that were compiled apart in their place */
static void whole_list(struct list *list, const struct command *command, const char *header)
{
	bool program = is_program(command);

	list_add(list, compiler);
	if (program)
		add_start(list, command);
	if (header != NULL)
		add_header(list, header);
	for (size_t i = 0; i < command->count; i++) {
		const struct argument *argument = &command->arguments[i];

		if (argument->role != SOURCE || argument->header == NULL || header != NULL) {
			list_add(list, argument->text);
			continue;
		}
		list_add(list, "-x");
		list_add(list, "none");
		list_add(list, path_of("%s/%zu.o", scratch, i));
		if (argument->language != NULL) {
			list_add(list, "-x");
			list_add(list, argument->language);
		}
	}
	list_add(list, "-idirafter");
	list_add(list, path_of("%s/include", prefix));
	if (program) {
		list_add(list, "-x");
		list_add(list, "none");
		list_add(list, needed("lib/libkw.a"));
	}
}

/* One source alone; object: where to, or a null pointer: as the command line says */
static int compile_alone(const struct command *command, size_t number, const char *object)
{
	const struct argument *source = &command->arguments[number];
	struct list list = { 0 };
	int status;

	list_add(&list, compiler);
	if (source->header != NULL)
		add_header(&list, source->header);
	for (size_t i = 0; i < command->count; i++) {
		enum role role = command->arguments[i].role;

		if (role == OPTION || role == NOT_IN_SCAN || role == DEPENDENCIES || ((role == STEP || role == OUTPUT) && object == NULL))
			list_add(&list, command->arguments[i].text);
	}
	list_add(&list, "-idirafter");
	list_add(&list, path_of("%s/include", prefix));
	if (object != NULL) {
		list_add(&list, "-c");
		list_add(&list, "-o");
		list_add(&list, object);
	}
	if (source->language != NULL) {
		list_add(&list, "-x");
		list_add(&list, source->language);
	}
	list_add(&list, source->text);
	status = run(&list, NULL, false);
	rules_clean(command, source->text);
	return status;
}

/* Some sources have requests. The exit status. */
static int compile(struct command *command, size_t found)
{
	struct list list = { 0 };
	size_t first = 0;
	int status = 0;

	if (command->step == LINK && command->shared)
		die("a shared library can't name kernel functions: link the source into the program");
	while (command->arguments[first].header == NULL)
		first++;
	/* The usual case is left to one run of gcc, so that all its options mean what they mean there. */
	if (found == 1 && command->sources == 1 && (command->inputs == 1 || command->step != LINK)) {
		whole_list(&list, command, command->arguments[first].header);
		status = run(&list, NULL, false);
		rules_clean(command, command->arguments[first].text);
		return patch(command, status);
	}
	if (command->output != NULL && command->step != LINK)
		die("-o with -c, -S or -E goes with one source");
	for (size_t i = 0; i < command->count; i++) {
		const struct argument *argument = &command->arguments[i];
		int error = 0;

		if (argument->role != SOURCE)
			continue;
		if (command->step != LINK)
			error = compile_alone(command, i, NULL);
		else if (argument->header != NULL)
			error = compile_alone(command, i, path_of("%s/%zu.o", scratch, i));
		status = error != 0 ? error : status;
	}
	if (status != 0 || command->step != LINK)
		return status;
	whole_list(&list, command, NULL);
	return patch(command, run(&list, NULL, false));
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') + 1 : argv[0];
	bool plus = strlen(name) >= 2 && strcmp(name + strlen(name) - 2, "++") == 0;
	struct command command = { 0 };
	struct list list = { 0 };
	size_t found = 0;
	int status = 0;

	if (argc < 2 || strcmp(argv[1], "--help") == 0)
		return fputs(usage, argc < 2 ? stderr : stdout), argc < 2;
	compiler = getenv(plus ? "KW_CXX" : "KW_CC");
	if (compiler == NULL || compiler[0] == '\0')
		compiler = plus ? "g++" : "gcc";
	find_prefix();
	command_read(&command, argc, argv);
	if (command.sources > 0 && command.step != RULES) {
		scratch_make();
		if (command.standard_input)
			keep_standard_input();
		found = scan_sources(&command, &status);
	}
	if (status == 0 && found > 0)
		status = compile(&command, found);
	if (status != 0 || found > 0)
		scratch_end(status);
	whole_list(&list, &command, NULL);
	/* Without sources there is no scratch directory to remove; a static program is not done when it is linked. */
	if (scratch != NULL || (is_program(&command) && command.is_static))
		scratch_end(patch(&command, run(&list, NULL, false)));
	run_instead(&list);
}
