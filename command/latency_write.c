/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was measured as files: JSON, and a plot, which gnuplot draws: a program
 * of its own, so that the command needs it only when there is something to draw.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "command.h"
#include "latency.h"

#define POINTS 2000		/* of a curve at most: more than there are pixels */

static void add_value(void *data, uint32_t ns, uint32_t count)
{
	json_array_append_new(data, json_pack("[I, I]", (json_int_t)ns, (json_int_t)count));
}

static json_t *describe(const struct histogram *histogram)
{
	json_t *values = json_array();

	histogram_each(histogram, add_value, values);
	return json_pack("{s:I, s:I, s:f, s:I, s:f, s:I, s:I, s:o}", "n", (json_int_t)histogram->n, "min", (json_int_t)histogram->min,
			 "mean", histogram_mean(histogram), "max", (json_int_t)histogram->max, "sd", histogram_deviation(histogram),
			 "p99", (json_int_t)histogram_quantile(histogram, 0.99), "p999", (json_int_t)histogram_quantile(histogram, 0.999),
			 "values", values);
}

int latency_write_json(const struct latency_results *results, const char *path)
{
	json_t *all = json_pack("{s:s, s:I, s:f, s:I}", "unit", "ns", "period_us", (json_int_t)results->period, "seconds", results->seconds,
				"lost", (json_int_t)results->lost);
	FILE *to = strcmp(path, "-") ? fopen(path, "w") : stdout;
	int status = 0;

	for (int what = 0; what < LATENCY_WHATS; what++)
		json_object_set_new(all, latency_names[what], describe(&results->of[what]));
	if (!to || json_dumpf(all, to, JSON_COMPACT) || fputc('\n', to) == EOF || (to == stdout ? fflush(to) : fclose(to)))
		status = fail("%s: %s", path, strerror(errno));
	json_decref(all);
	return status;
}

/* ---- the plot ------------------------------------------------------------------ */

static const char *terminal_of(const char *path)
{
	const char *end = strrchr(path, '.');

	if (end && !strcmp(end, ".svg"))
		return "svg size 900,500 background rgb 'white'";
	if (end && !strcmp(end, ".png"))
		return "pngcairo size 900,500";
	return NULL;
}

bool latency_plot_possible(const char *path)
{
	/* The name stands in quotation marks of gnuplot's. */
	return terminal_of(path) && !strpbrk(path, "'\n");
}

struct curve {
	FILE *to;
	uint32_t width, begin;		/* ns of a point; where the latest begins */
	uint64_t count;
};

static void point(struct curve *curve)
{
	if (curve->count)
		fprintf(curve->to, "%.3f %llu\n", curve->begin / 1e3, (unsigned long long)curve->count);
	curve->count = 0;
}

static void add_point(void *data, uint32_t ns, uint32_t count)
{
	struct curve *curve = data;
	uint32_t begin = ns / curve->width * curve->width;

	if (begin != curve->begin)
		point(curve);
	curve->begin = begin;
	curve->count += count;
}

static void draw(const struct latency_results *results, const char *path, FILE *to)
{
	const char *separator = "plot ";

	fprintf(to, "set terminal %s\nset output '%s'\nset logscale y\nset yrange [0.5:]\nset xrange [0:]\nset key top right\n", terminal_of(path), path);
	fprintf(to, "set title 'period %u us, %.0f s, %llu starts'\nset xlabel 'us'\nset ylabel 'starts'\n", results->period, results->seconds,
		(unsigned long long)results->of[LATENCY_HANDLER].n);
	for (int what = 0; what < LATENCY_WHATS; what++, separator = ", ")
		fprintf(to, "%s'-' using 1:2 with impulses lw 2 title '%s, at most %.3f'", separator, latency_names[what], results->of[what].max / 1e3);
	fputc('\n', to);
	for (int what = 0; what < LATENCY_WHATS; what++) {
		const struct histogram *histogram = &results->of[what];
		struct curve curve = { .to = to, .width = histogram->max / POINTS + 1, .begin = UINT32_MAX };

		histogram_each(histogram, add_point, &curve);
		point(&curve);
		fputs("e\n", to);
	}
}

int latency_write_plot(const struct latency_results *results, const char *path)
{
	FILE *to = popen("exec gnuplot", "w");
	int status;

	if (!to)
		return fail("gnuplot: %s", strerror(errno));
	draw(results, path, to);
	status = pclose(to);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return fail("%s: not drawn, gnuplot is missing: apt install gnuplot-nox", path);
	return status ? fail("%s: gnuplot could not draw it, see above", path) : 0;
}
