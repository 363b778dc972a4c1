/* SPDX-License-Identifier: BSD-2-Clause */
/* unitron latency: how late the real-time side starts what is due, measured on this machine, now. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "command.h"
#include "latency.h"

#define LOOK_MS		50	/* between looks into the ring, of which the shortest period fills a part only */
#define DRAW_S		0.25
#define LINE_S		1.0
#define SILENCE_S	2.0	/* besides ten periods: then nothing comes any more */

static const char help[] =
	"Usage: unitron latency [OPTION]...\n"
	"Measure how late a cyclic handler starts, and the task that it wakes, until\n"
	"interrupted. Loads the application for it if none is loaded.\n"
	"\n"
	"  -p, --period=US        100, 200, 250, 500, 1000 (default), 2000, 5000, 10000,\n"
	"                         20000, 50000 or 100000\n"
	"  -D, --duration=S       end after so many seconds\n"
	"  -s, --show=WHAT        draw bars of handler, task (default) or interval\n"
	"  -w, --width=NS         a bar for so many ns; default: what fits\n"
	"  -b, --bars=N           at most so many, 3 or more; default 20\n"
	"  -q, --quiet            only the table at the end\n"
	"  -g, --plot=FILE        draw a plot at the end: FILE.svg or FILE.png, by gnuplot\n"
	"  -j, --json=FILE        write it as JSON; - for standard output, and nothing else\n"
	"  -a, --application=FILE the application to load; default: the one installed\n"
	"\n"
	"handler: from the timer event to the handler's start; task: to the start of the\n"
	"task; interval: how far the time between two starts is off the period.\n";

struct options {
	unsigned int period, width, bars;
	double duration;		/* 0: until interrupted */
	enum latency_what show;
	bool quiet;
	const char *plot, *json, *application;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- measuring ------------------------------------------------------------------- */

static void add(struct latency_results *results, const struct latency_sample *sample)
{
	static struct latency_sample before;
	struct histogram *of = results->of;
	bool first = !of[LATENCY_HANDLER].n;
	uint32_t gap = sample->number - (first ? 0 : before.number + 1);
	int64_t off = (int64_t)(sample->start - before.start) - (int64_t)results->period * 1000;

	results->lost += gap;
	histogram_add(&of[LATENCY_HANDLER], sample->handler);
	histogram_add(&of[LATENCY_TASK], sample->task);
	if (!first && !gap)
		histogram_add(&of[LATENCY_INTERVAL], (uint32_t)fmin(fabs((double)off), UINT32_MAX));
	before = *sample;
}

static void draw(const struct latency_results *results, const struct options *options, bool terminal)
{
	struct winsize window = { .ws_col = 80 };

	if (terminal) {
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
		fputs("\033[H\033[J", stdout);
		latency_show_table(results, stdout);
		fputc('\n', stdout);
		latency_show_bars(results, options->show, options->width, options->bars, window.ws_col ? window.ws_col : 80, stdout);
	} else {
		latency_show_line(results, stdout);
	}
	fflush(stdout);
}

/* Until the time is over, somebody interrupts, or nobody reads. */
static int measure(struct latency_source *source, const struct options *options, struct latency_results *results)
{
	static struct latency_sample samples[LATENCY_SLOTS];
	bool terminal = isatty(STDOUT_FILENO);
	double begin = now(), heard = begin, drawn = begin, time = begin;

	while (!interrupted && !ferror(stdout) && !(options->duration && time - begin >= options->duration)) {
		long got;

		poll(NULL, 0, LOOK_MS);
		got = latency_read(source, samples, LATENCY_SLOTS);
		time = now();
		for (long i = 0; i < got; i++)
			add(results, &samples[i]);
		results->seconds = time - begin;
		if (got < 0)
			return fail("the application has ended: %s", strerror((int)-got));
		if (got)
			heard = time;
		else if (time - heard > SILENCE_S + options->period * 1e-5)
			return fail("the application measures no more; is a more urgent one in its way, or is it stopped?");
		if (options->quiet || time - drawn < (terminal ? DRAW_S : LINE_S))
			continue;
		draw(results, options, terminal);
		drawn = time;
	}
	return 0;
}

/* Whatever came is shown, also if it ended early; the first failure is the status. */
static int report(const struct latency_results *results, const struct options *options, int status)
{
	bool text = !options->json || strcmp(options->json, "-");
	int written = 0;

	if (!results->of[LATENCY_HANDLER].n)
		return status ? status : fail("nothing was measured: too short for a period of %u us", options->period);
	if (text && !options->quiet && isatty(STDOUT_FILENO))
		fputs("\033[H\033[J", stdout);
	if (text)
		latency_show_table(results, stdout);
	if (text && !options->quiet) {
		fputc('\n', stdout);
		latency_show_bars(results, options->show, options->width, options->bars, 80, stdout);
	}
	if (fflush(stdout) || ferror(stdout))
		written = fail("standard output: %s", strerror(errno));
	if (options->json && !written)
		written = latency_write_json(results, options->json);
	if (options->plot && !written)
		written = latency_write_plot(results, options->plot);
	return status ? status : written;
}

static int run_with(const struct options *options)
{
	struct sigaction action = { .sa_handler = interrupt };
	struct latency_results results = { .period = options->period };
	struct latency_source *source;
	int status = 0;

	for (int what = 0; what < LATENCY_WHATS; what++)
		if (!histogram_init(&results.of[what]))
			status = fail("no memory for histograms");
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	/* Whatever becomes of our output, the application is put back as it was. */
	signal(SIGPIPE, SIG_IGN);
	if (!status)
		status = latency_open(&source, options->application, options->period);
	if (!status) {
		status = measure(source, options, &results);
		latency_close(source);
		status = report(&results, options, status);
	}
	for (int what = 0; what < LATENCY_WHATS; what++)
		histogram_free(&results.of[what]);
	return status;
}

/* ---- options ----------------------------------------------------------------------- */

static bool number(const char *text, unsigned int most, unsigned int *value)
{
	char *end;
	unsigned long long read = strtoull(text, &end, 10);

	*value = (unsigned int)read;
	return *text >= '0' && *text <= '9' && !*end && read && read <= most;
}

static bool is_period(unsigned int period)
{
#define IS(us) || period == us
	return false LATENCY_PERIODS(IS);
}

static bool is_what(const char *text, enum latency_what *what)
{
	for (int i = 0; i < LATENCY_WHATS; i++)
		if (!strcmp(text, latency_names[i])) {
			*what = (enum latency_what)i;
			return true;
		}
	return false;
}

static bool is_duration(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && !*end && *seconds > 0 && *seconds <= 1e9;
}

/* 0, or COMMAND_USAGE after a message */
static int take(int option, const char *text, struct options *options)
{
	switch (option) {
	case 'p':
		if (!number(text, 1000000, &options->period) || !is_period(options->period))
			return fail_usage("latency: '%s' is none of the periods; see unitron latency --help", text);
		return 0;
	case 'D':
		return is_duration(text, &options->duration) ? 0 : fail_usage("latency: '%s' is not a number of seconds", text);
	case 's':
		return is_what(text, &options->show) ? 0 : fail_usage("latency: '%s' is none of handler, task, interval", text);
	case 'w':
		return number(text, 1000000000, &options->width) ? 0 : fail_usage("latency: '%s' is not a width in ns, 1 to 1000000000", text);
	case 'b':
		return number(text, 1000, &options->bars) && options->bars >= 3 ? 0 : fail_usage("latency: '%s' is not a number of bars, 3 to 1000", text);
	case 'q':
		options->quiet = true;
		return 0;
	case 'g':
		options->plot = text;
		return latency_plot_possible(text) ? 0 : fail_usage("latency: '%s' is not the name of a plot: FILE.svg or FILE.png", text);
	case 'j':
		options->json = text;
		return 0;
	default:
		options->application = text;
		return 0;
	}
}

static int run(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", no_argument, NULL, 'h' }, { "period", required_argument, NULL, 'p' }, { "duration", required_argument, NULL, 'D' },
		{ "show", required_argument, NULL, 's' }, { "width", required_argument, NULL, 'w' }, { "bars", required_argument, NULL, 'b' },
		{ "quiet", no_argument, NULL, 'q' }, { "plot", required_argument, NULL, 'g' }, { "json", required_argument, NULL, 'j' },
		{ "application", required_argument, NULL, 'a' }, { 0 },
	};
	struct options options = { .period = 1000, .bars = 20, .show = LATENCY_TASK };
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "hp:D:s:w:b:qg:j:a:", known, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option == '?')
			return fail_usage("latency: '%s' is not an option, or wants an argument; see unitron latency --help", argv[optind - 1]);
		status = take(option, optarg, &options);
		if (status)
			return status;
	}
	if (optind < argc)
		return fail_usage("latency: '%s' is one argument too many; see unitron latency --help", argv[optind]);
	/* Standard output is either for people or for programs. */
	options.quiet |= options.json && !strcmp(options.json, "-");
	return run_with(&options);
}

const struct subcommand subcommand_latency = { "latency", "measure how late handlers and tasks start; a live histogram", run };
