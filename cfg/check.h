/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of what the elements are: before evaluation and after it. */
#pragma once

#include <stdint.h>

#include "parse.h"

/* Hand every expression, and the limits they are checked against, to eval. */
void	check_collect(struct config *config);

/*
 * Check every value. Reports expressions without a value and everything that
 * the service calls of the same names would refuse.
 */
void	check_values(struct config *config);

/* The element of that name of a checked statement. */
const struct element *check_element(const struct statement *statement, const char *name);
/* Its value. */
int64_t	check_value(const struct statement *statement, const char *name);
