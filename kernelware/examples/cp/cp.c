/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw-cp, which `kw cp` calls: copies files as cp(1) does, from page cache to
 * page cache.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cp.h"

static const char usage[] =
	"usage: kw cp [-fpv] SOURCE DEST\n"
	"       kw cp [-fpv] SOURCE... DIRECTORY\n"
	"       kw cp [-fpv] -t DIRECTORY SOURCE...\n"
	"Copy files, from page cache to page cache where the file systems allow it.\n"
	"\n"
	"  -f, --force              if DEST can't be opened, remove it and try again\n"
	"  -p, --preserve           keep mode, owner, group and times\n"
	"  -t, --target-directory=DIRECTORY\n"
	"  -v, --verbose            say what is done\n"
	"      --help, --version\n"
	"\n"
	"Holes stay holes. Directories are not copied. See kw-cp(1).\n";

void complain(int error, const char *format, ...)
{
	va_list list;

	fputs("kw-cp: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	if (error != 0)
		fprintf(stderr, ": %s", strerror(error));
	fputc('\n', stderr);
}

static bool is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* DIRECTORY/last component of source; the caller frees it. */
static char *below(const char *directory, const char *source)
{
	size_t end = strlen(source), begin, length = strlen(directory);
	char *path;

	while (end > 1 && source[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && source[begin - 1] != '/'; begin--)
		;
	if (asprintf(&path, "%s%s%.*s", directory, length > 0 && directory[length - 1] == '/' ? "" : "/", (int)(end - begin),
		     source + begin) < 0) {
		complain(ENOMEM, "%s", source);
		exit(1);
	}
	return path;
}

static int copy_into(const char *directory, char **sources, int count, const struct options *options)
{
	int result = 0;

	for (int i = 0; i < count; i++) {
		char *target = below(directory, sources[i]);
		bool again = false;

		/* As cp: of two sources with one name the second would overwrite the first, which nobody wants. */
		for (int j = 0; j < i && !again; j++) {
			char *other = below(directory, sources[j]);

			again = strcmp(other, target) == 0;
			free(other);
		}
		if (again)
			complain(0, "will not overwrite just-created '%s' with '%s'", target, sources[i]);
		if (again || file_copy(sources[i], target, options) != 0)
			result = 1;
		free(target);
	}
	return result;
}

static int help_for(const char *what)
{
	if (what != NULL)
		complain(0, "%s", what);
	fputs("Try 'kw cp --help'.\n", stderr);
	return 1;
}

static int run(char **operands, int count, const char *directory, const struct options *options)
{
	struct stat status;

	if (count == 0)
		return help_for("missing file operand");
	if (directory == NULL && count == 1) {
		complain(0, "missing destination file operand after '%s'", operands[0]);
		return help_for(NULL);
	}
	if (directory == NULL && !is_directory(operands[count - 1]) && count == 2)
		return file_copy(operands[0], operands[1], options) == 0 ? 0 : 1;
	if (directory == NULL)
		directory = operands[--count];
	if (stat(directory, &status) != 0 || !S_ISDIR(status.st_mode)) {
		complain(stat(directory, &status) != 0 ? errno : ENOTDIR, "target '%s'", directory);
		return 1;
	}
	return copy_into(directory, operands, count, options);
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "force", no_argument, NULL, 'f' },
		{ "preserve", no_argument, NULL, 'p' },
		{ "target-directory", required_argument, NULL, 't' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	struct options options = { 0 };
	const char *directory = NULL;
	int option, result;

	while ((option = getopt_long(argc, argv, "fpt:v", long_options, NULL)) != -1) {
		switch (option) {
		case 'f': options.force = true; break;
		case 'p': options.preserve = true; break;
		case 't': directory = optarg; break;
		case 'v': options.verbose = true; break;
		case 'h': return fputs(usage, stdout) == EOF;
		case 'V': return puts("kw-cp (Unitron) " VERSION) == EOF;
		default: return help_for(NULL);
		}
	}
	result = run(argv + optind, argc - optind, directory, &options);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain(errno, "standard output");
		result = 1;
	}
	return result;
}
