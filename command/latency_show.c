/* SPDX-License-Identifier: BSD-2-Clause */
/* What was measured as text: a table, a line, bars. */
#include <inttypes.h>
#include "latency.h"

const char *const latency_names[LATENCY_WHATS] = { "handler", "task", "interval" };
const char *const latency_words[LATENCY_WHATS] = {
	"from the timer event to the start of the cyclic handler", "to the start of the task that the handler wakes",
	"how far the time between two starts of the handler is off the period",
};

void latency_show_table(const struct latency_results *results, FILE *to)
{
	fprintf(to, "period %u us, %.1f s, %" PRIu64 " starts, %" PRIu64 " of them not read in time\n", results->period, results->seconds,
		results->of[LATENCY_HANDLER].n + results->lost, results->lost);
	fprintf(to, "%-10s %10s %12s %10s %10s %10s %10s\n", "ns", "min", "mean", "max", "sd", "p99", "p99.9");
	for (int what = 0; what < LATENCY_WHATS; what++) {
		const struct histogram *histogram = &results->of[what];

		fprintf(to, "%-10s %10" PRIu32 " %12.1f %10" PRIu32 " %10.1f %10" PRIu32 " %10" PRIu32 "\n", latency_names[what], histogram->min,
			histogram_mean(histogram), histogram->max, histogram_deviation(histogram), histogram_quantile(histogram, 0.99),
			histogram_quantile(histogram, 0.999));
	}
}

void latency_show_line(const struct latency_results *results, FILE *to)
{
	fprintf(to, "%.1f s, %" PRIu64 " starts, ns min/mean/max:", results->seconds, results->of[LATENCY_HANDLER].n + results->lost);
	for (int what = 0; what < LATENCY_WHATS; what++)
		fprintf(to, "%s %s %" PRIu32 "/%.0f/%" PRIu32, what ? "," : "", latency_names[what], results->of[what].min,
			histogram_mean(&results->of[what]), results->of[what].max);
	fputc('\n', to);
}

/* 1, 2 or 5 times a power of ten, such that nearly all values fit */
static uint64_t suitable_width(const struct histogram *histogram, unsigned int lines)
{
	uint64_t span = (uint64_t)histogram_quantile(histogram, 0.99) - histogram->min;
	uint64_t width = 1;

	for (int step = 0; width * lines <= span; step++)
		width = step % 3 == 1 ? width / 2 * 5 : width * 2;
	return width;
}

static void bar(const char *range, uint64_t count, uint64_t most, unsigned int columns, FILE *to)
{
	unsigned int length = (unsigned int)(count * columns / most);

	fprintf(to, "%-23s %9" PRIu64 " ", range, count);
	/* The few are what is looked for: they show, too. */
	if (count && !length)
		fputc('.', to);
	while (length--)
		fputc('#', to);
	fputc('\n', to);
}

void latency_show_bars(const struct latency_results *results, enum latency_what what, unsigned int width, unsigned int lines, unsigned int columns,
		       FILE *to)
{
	const struct histogram *histogram = &results->of[what];
	uint64_t step = width, low, end, beyond, most = 1;
	char range[48];

	fprintf(to, "%s: %s, ns\n", latency_names[what], latency_words[what]);
	if (!histogram->n)
		return;
	columns = columns > 44 ? columns - 35 : 10;
	if (!step)
		step = suitable_width(histogram, lines - 1);
	low = histogram->min / step * step;
	for (unsigned int i = 0; i < lines; i++) {
		uint64_t count = histogram_between(histogram, low + i * step, low + (i + 1) * step);

		most = count > most ? count : most;
	}
	end = low + lines * step;
	for (; low < end && low <= histogram->max; low += step) {
		snprintf(range, sizeof(range), "%10" PRIu64 " - %10" PRIu64, low, low + step - 1);
		bar(range, histogram_between(histogram, low, low + step), most, columns, to);
	}
	beyond = histogram_between(histogram, end, UINT64_MAX);
	if (beyond) {
		snprintf(range, sizeof(range), "%10" PRIu64 " and more", end);
		bar(range, beyond, beyond > most ? beyond : most, columns, to);
	}
}
