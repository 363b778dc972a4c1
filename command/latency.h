/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the parts of `unitron latency`: command_latency.c (options, course), latency_source.c, latency_show.c, latency_write.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "histogram.h"
#include "latency/protocol.h"

enum latency_what { LATENCY_HANDLER, LATENCY_TASK, LATENCY_INTERVAL, LATENCY_WHATS };

/* "handler", ... and what that is in a few words */
extern const char *const latency_names[LATENCY_WHATS], *const latency_words[LATENCY_WHATS];

struct latency_results {
	unsigned int period;		/* us */
	double	 seconds;		/* how long it was measured */
	uint64_t lost;			/* samples that found the ring full */
	struct histogram of[LATENCY_WHATS];
};

/* ---- latency_source.c: the application, found or loaded -------------------------- */

struct latency_source;

/*
 * Have the application measure with this period; load it from that file, or from where
 * it is installed (NULL), if no application is loaded. 0, or an exit code after a message.
 */
int	latency_open(struct latency_source **source, const char *application, unsigned int period);
/* Samples that are there, without waiting: how many, 0 too; or -errno. */
long	latency_read(struct latency_source *source, struct latency_sample *samples, unsigned int most);
/* Stop measuring; unload what was loaded, stop what was started. */
void	latency_close(struct latency_source *source);

/* ---- latency_show.c: text ------------------------------------------------------------ */

/* Minimum, mean, ... of each, as a table */
void	latency_show_table(const struct latency_results *results, FILE *to);
/* A line: for where nothing can be redrawn */
void	latency_show_line(const struct latency_results *results, FILE *to);
/* Bars, one for each width ns from the smallest value on, at most so many lines, 3 or more, of so many columns; width 0: that suits */
void	latency_show_bars(const struct latency_results *results, enum latency_what what, unsigned int width, unsigned int lines, unsigned int columns,
			  FILE *to);

/* ---- latency_write.c: files. 0, or an exit code after a message ------------------------ */

/* "-": standard output */
int	latency_write_json(const struct latency_results *results, const char *path);
/* By gnuplot; .svg or .png */
int	latency_write_plot(const struct latency_results *results, const char *path);
bool	latency_plot_possible(const char *path);
