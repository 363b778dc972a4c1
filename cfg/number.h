/* SPDX-License-Identifier: BSD-2-Clause */
/* Object numbers: who has which name, who gets which number. */
#pragma once

#include "parse.h"

/*
 * Give every object its number and fill in config->names and by_number; tie
 * each DEF_TEX to its task. Reports duplicate names and numbers, gaps, unknown
 * tasks.
 */
void	number_objects(struct config *config);
