/* SPDX-License-Identifier: BSD-2-Clause */
/* How often each value occurred: nanoseconds, exact to 1 ns below 1 ms and to 1 us above. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct histogram {
	uint64_t n;
	uint32_t min, max;		/* if n */
	double	 sum, squares;
	uint32_t *fine;			/* by ns */
	uint32_t *coarse;		/* by us, of those that are too large for fine */
};

/* False: no memory. Nothing else can fail. */
bool	histogram_init(struct histogram *histogram);
void	histogram_free(struct histogram *histogram);
void	histogram_add(struct histogram *histogram, uint32_t ns);
/* Of those from begin on and below end; above 1 ms both are taken as whole us. */
uint64_t histogram_between(const struct histogram *histogram, uint64_t begin, uint64_t end);
/* The smallest value that this part of all, 0 to 1, do not exceed; 0 if there is none. */
uint32_t histogram_quantile(const struct histogram *histogram, double part);
double	histogram_mean(const struct histogram *histogram);
double	histogram_deviation(const struct histogram *histogram);
/* Calls visit for each value that occurred, from the smallest on. */
void	histogram_each(const struct histogram *histogram, void (*visit)(void *data, uint32_t ns, uint32_t count), void *data);
