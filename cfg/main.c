/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unitron-cfg: from an application's .cfg to kernel_cfg.c and kernel_id.h.
 * Options, the order of the passes, and the exit status: 0 done, 1 errors in
 * the .cfg, 2 wrong usage or trouble of the system. Outputs appear only when
 * everything is right.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "compiler.h"
#include "deps.h"
#include "emit.h"
#include "eval.h"
#include "files.h"
#include "list.h"
#include "number.h"
#include "parse.h"

#define VERSION	"0.1.0"

static const char usage[] =
	"Usage: unitron-cfg [--cc=CC] [--cflags=FLAGS] [--output-dir=DIR] FILE.cfg\n"
	"Turn the static API calls of FILE.cfg into kernel_cfg.c and kernel_id.h.\n"
	"\n"
	"  --cc=CC           C compiler of the target (default: $CC, or cc)\n"
	"  --cflags=FLAGS    its flags: include path, definitions, code generation\n"
	"  --output-dir=DIR  where kernel_cfg.c, kernel_id.h, kernel_cfg.d go (default: .)\n"
	"  --list            print the table of static APIs and exit\n"
	"  --help            print this and exit\n"
	"  --version         print the version and exit\n"
	"\n"
	"Exit status: 0 done; 1 errors in the .cfg, nothing written; 2 other trouble.\n";

struct options {
	struct compiler	compiler;
	const char	*output_dir;
	const char	*source;
};

static void wrong_usage(void)
{
	fputs("Try 'unitron-cfg --help'.\n", stderr);
	exit(2);
}

static struct options read_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "cc", required_argument, NULL, 'c' },
		{ "cflags", required_argument, NULL, 'f' },
		{ "output-dir", required_argument, NULL, 'o' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	const char *cc = getenv("CC");
	struct options options = {
		.compiler = { .command = cc != NULL && *cc != '\0' ? cc : "cc", .flags = "" },
		.output_dir = ".",
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			options.compiler.command = optarg;
			break;
		case 'f':
			options.compiler.flags = optarg;
			break;
		case 'o':
			options.output_dir = optarg;
			break;
		case 'l':
			list_print();
			exit(0);
		case 'h':
			fputs(usage, stdout);
			exit(0);
		case 'v':
			puts("unitron-cfg " VERSION);
			exit(0);
		default:
			wrong_usage();
		}
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "unitron-cfg: %s\n", optind == argc ? "no .cfg given" : "more than one .cfg given");
		wrong_usage();
	}
	options.source = argv[optind];
	return options;
}

/* Pass the preprocessor's messages on; its errors are the .cfg's. */
static void report_preprocessor(char *log)
{
	struct diagnostic diagnostic;
	unsigned int order = 0;

	while (compiler_next(&log, &diagnostic)) {
		struct place place = { diagnostic.file, diagnostic.line, order };

		if (diagnostic.kind == DIAGNOSTIC_ERROR)
			error_at(place, NULL, "%s", diagnostic.text);
		else if (diagnostic.kind == DIAGNOSTIC_WARNING)
			warning_at(place, "%s", diagnostic.text);
	}
}

/* The preprocessed .cfg. */
static char *preprocess(const struct options *options, size_t *length)
{
	const char *arguments = memory_format("-E -x c -MMD -MF %s -MT config -o %s %s", compiler_quote(files_scratch("config.d")),
					      compiler_quote(files_scratch("config.i")), compiler_quote(options->source));
	struct stat status;
	char *text;
	char *log;

	if (stat(options->source, &status) != 0 || !S_ISREG(status.st_mode))
		fatal("cannot read '%s': there is no such file", options->source);
	if (!compiler_run(&options->compiler, arguments, "config.log", &log)) {
		report_preprocessor(log);
		if (messages_errors() == 0)
			fatal("the compiler '%s' cannot preprocess '%s':\n%s", options->compiler.command, options->source, log);
		return NULL;
	}
	report_preprocessor(log);
	text = files_read(files_scratch("config.i"), length);
	if (text == NULL)
		fatal("the compiler '%s' wrote no output", options->compiler.command);
	return text;
}

/* All passes; true if the outputs are ready in the scratch directory. */
static bool configure(const struct options *options)
{
	static const char *const dependencies[] = { "config.d", "check.d" };
	struct config config = { 0 };
	struct lexer lexer;
	size_t length;
	char *text = preprocess(options, &length);

	if (text == NULL)
		return false;
	lex_open(&lexer, text, length, options->source);
	parse(&lexer, &config);
	number_objects(&config);
	check_collect(&config);
	emit_id_h(&config, options->source);
	if (!eval_run(&options->compiler, &config))
		return false;
	check_values(&config);
	if (messages_errors() > 0)
		return false;
	emit_cfg_c(&config, options->source);
	deps_write(dependencies, 2);
	return true;
}

int main(int argc, char **argv)
{
	struct options options = read_options(argc, argv);
	bool done;

	files_open(options.output_dir);
	done = configure(&options);
	messages_print(stderr);
	if (done) {
		files_check("kernel_id.h");
		files_check("kernel_cfg.d");
		files_check("kernel_cfg.c");
		files_publish_if_changed("kernel_id.h");
		files_publish("kernel_cfg.d");
		files_publish("kernel_cfg.c");
	}
	eval_forget();
	messages_forget();
	memory_release();
	return done ? 0 : 1;
}
