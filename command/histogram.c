/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "histogram.h"

#define FINE	1000000u			/* values of 1 ns */
#define COARSE	(UINT32_MAX / 1000 + 1)		/* values of 1 us, those that fine has included */

bool histogram_init(struct histogram *histogram)
{
	memset(histogram, 0, sizeof(*histogram));
	/* Of zeroed memory only what is touched takes room. */
	histogram->fine = calloc(FINE, sizeof(*histogram->fine));
	histogram->coarse = calloc(COARSE, sizeof(*histogram->coarse));
	return histogram->fine && histogram->coarse;
}

void histogram_free(struct histogram *histogram)
{
	free(histogram->fine);
	free(histogram->coarse);
}

void histogram_add(struct histogram *histogram, uint32_t ns)
{
	if (ns < FINE)
		histogram->fine[ns]++;
	else
		histogram->coarse[ns / 1000]++;
	if (!histogram->n || ns < histogram->min)
		histogram->min = ns;
	if (!histogram->n || ns > histogram->max)
		histogram->max = ns;
	histogram->n++;
	histogram->sum += ns;
	histogram->squares += (double)ns * ns;
}

void histogram_each(const struct histogram *histogram, void (*visit)(void *data, uint32_t ns, uint32_t count), void *data)
{
	if (!histogram->n)
		return;
	for (uint32_t ns = histogram->min; ns < FINE && ns <= histogram->max; ns++)
		if (histogram->fine[ns])
			visit(data, ns, histogram->fine[ns]);
	for (uint32_t us = FINE / 1000; us <= histogram->max / 1000; us++)
		if (histogram->coarse[us])
			visit(data, us * 1000, histogram->coarse[us]);
}

struct range {
	uint64_t begin, end, count;
};

static void count_in_range(void *data, uint32_t ns, uint32_t count)
{
	struct range *range = data;

	if (ns >= range->begin && ns < range->end)
		range->count += count;
}

uint64_t histogram_between(const struct histogram *histogram, uint64_t begin, uint64_t end)
{
	struct range range = { .begin = begin, .end = end };

	histogram_each(histogram, count_in_range, &range);
	return range.count;
}

struct search {
	uint64_t wanted, passed;
	uint32_t found;
};

static void count_until_found(void *data, uint32_t ns, uint32_t count)
{
	struct search *search = data;

	if (search->passed < search->wanted)
		search->found = ns;
	search->passed += count;
}

uint32_t histogram_quantile(const struct histogram *histogram, double part)
{
	struct search search = { .wanted = (uint64_t)ceil(part * (double)histogram->n) };

	histogram_each(histogram, count_until_found, &search);
	return search.found;
}

double histogram_mean(const struct histogram *histogram)
{
	return histogram->n ? histogram->sum / (double)histogram->n : 0;
}

double histogram_deviation(const struct histogram *histogram)
{
	double mean = histogram_mean(histogram);
	double variance = histogram->n ? histogram->squares / (double)histogram->n - mean * mean : 0;

	return variance > 0 ? sqrt(variance) : 0;
}
