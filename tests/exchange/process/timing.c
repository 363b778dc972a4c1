/* SPDX-License-Identifier: BSD-2-Clause */
/* The process's side of timing.h. */
#include <errno.h>
#include <math.h>
#include <unitron.h>

#include "timing.h"

static int take(struct unitron *from, int64_t *to, int n)
{
	ssize_t came = 0;

	for (int i = 0; i < n; i++) {
		came = unitron_dtq_receive(from, to + i, 1, 5000);
		if (came != 1)
			return (int)came;
	}
	return 0;
}

static int take_all(struct unitron *from, struct timing *timing)
{
	int64_t head[3], value;
	int error = take(from, head, 3);

	*timing = (struct timing){ .furthest = head[0], .lost = head[1], .latency = head[2] };
	for (int i = 0; error == 0; i++) {
		error = take(from, &value, 1);
		if (error || value == TIMING_END)
			break;
		if (i == TIMING_VALUES)
			return -EOVERFLOW;
		timing->value[i] = value;
		error = take(from, &timing->count[i], 1);
		timing->values = i + 1;
	}
	return error;
}

static void evaluate(struct timing *timing)
{
	int64_t sum = 0, squares = 0;

	for (int i = 0; i < timing->values; i++) {
		timing->n += timing->count[i];
		sum += timing->count[i] * timing->value[i];
		squares += timing->count[i] * timing->value[i] * timing->value[i];
	}
	if (timing->n) {
		timing->mean = (double)sum / (double)timing->n;
		timing->sd = sqrt((double)squares / (double)timing->n - timing->mean * timing->mean);
	}
}

int timing_get(struct timing *timing)
{
	struct unitron *ask, *from;
	int error = unitron_open(&ask, "ASK");

	if (error)
		return error;
	error = unitron_open(&from, "TIMING");
	if (error == 0) {
		error = unitron_flg_set(ask, TIMING_ASK);
		if (error == 0)
			error = take_all(from, timing);
		unitron_close(from);
	}
	unitron_close(ask);
	if (error == 0)
		evaluate(timing);
	return error;
}
