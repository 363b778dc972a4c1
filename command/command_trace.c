/* SPDX-License-Identifier: BSD-2-Clause */
/* unitron trace: record what an application does, and show it. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "trace_file.h"

static const char help[] =
	"Usage: unitron trace on | off\n"
	"       unitron trace text | perfetto [-o OUTPUT] [FILE]\n"
	"       unitron trace record [-o OUTPUT] [SECONDS]\n"
	"Record what an application that was built with TRACE = 1 does.\n"
	"\n"
	"  on, off       start and stop recording\n"
	"  record        record for SECONDS (default 1) and keep the trace as it is\n"
	"  text          show a trace, a line for each event\n"
	"  perfetto      as JSON for Perfetto's viewer and chrome://tracing\n"
	"\n"
	"  -o OUTPUT     write there, not to standard output\n"
	"  FILE          from record, or from UNITRON_TRACE=FILE of a process; default:\n"
	"                the loaded application's, which goes on; the newest events\n"
	"                are kept, after a stop or a fault too\n";

/* What was half written does not stay. */
static int finish(FILE *to, const char *output, int status)
{
	if (to != stdout && fclose(to) && !status)
		status = fail("%s: %s", output, strerror(errno));
	if (status && output)
		unlink(output);
	return status;
}

static int show(const char *file, const char *output, int (*write)(const struct trace_file *, FILE *))
{
	struct trace_file trace;
	FILE *to = stdout;
	char live[4096];
	int status = file ? 0 : sysfs_path(live, sizeof(live), "trace");

	if (status)
		return status;
	status = trace_load(&trace, file ? file : live);
	if (status)
		return status;
	if (output && !(to = fopen(output, "w")))
		status = fail("%s: %s", output, strerror(errno));
	else
		status = finish(to, output, write(&trace, to));
	trace_free(&trace);
	return status;
}

static int copy(const char *output)
{
	FILE *to = stdout;
	char live[4096], *bytes;
	size_t size;
	int status = sysfs_path(live, sizeof(live), "trace");

	if (status)
		return status;
	bytes = read_file(live, &size);
	if (!bytes)
		return COMMAND_FAILED;
	if (output && !(to = fopen(output, "wb")))
		status = fail("%s: %s", output, strerror(errno));
	else if (fwrite(bytes, 1, size, to) != size)
		status = fail("%s: %s", output ? output : "standard output", strerror(errno));
	free(bytes);
	return to ? finish(to, output, status) : status;
}

static int record(const char *seconds, const char *output)
{
	double time = 1;
	char *end;
	int status;

	if (seconds) {
		time = strtod(seconds, &end);
		if (end == seconds || *end || !(time > 0 && time < 1e6))
			return fail_usage("'%s' is not a number of seconds", seconds);
	}
	if (!output && isatty(STDOUT_FILENO))
		return fail_usage("a trace is not for a terminal: -o FILE, or text");
	status = sysfs_write("tracing", "1");
	if (status)
		return status;
	sleep((unsigned int)time);
	usleep((useconds_t)((time - (unsigned int)time) * 1e6));
	status = sysfs_write("tracing", "0");
	return status ? status : copy(output);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { "output", required_argument, NULL, 'o' }, { 0 } };
	const char *output = NULL, *what, *operand;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option != 'o')
			return fail_usage("trace: '%s' is not an option, or wants an argument; see unitron trace --help", argv[optind - 1]);
		output = optarg;
	}
	what = optind < argc ? argv[optind] : "";
	operand = optind + 1 < argc ? argv[optind + 1] : NULL;
	if (optind + 2 < argc)
		return fail_usage("trace: '%s' is one argument too many; see unitron trace --help", argv[optind + 2]);
	if (!strcmp(what, "on") && !operand && !output)
		return sysfs_write("tracing", "1");
	if (!strcmp(what, "off") && !operand && !output)
		return sysfs_write("tracing", "0");
	if (!strcmp(what, "record"))
		return record(operand, output);
	if (!strcmp(what, "text"))
		return show(operand, output, trace_write_text);
	if (!strcmp(what, "perfetto"))
		return show(operand, output, trace_write_perfetto);
	return fail_usage("trace: on, off, record, text or perfetto is wanted; see unitron trace --help");
}

const struct subcommand subcommand_trace = { "trace", "record what an application does, and show it", run };
