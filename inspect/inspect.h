/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A picture of the kernel's objects for the host. Called outside the real-time
 * side, on any CPU, while that may run: nothing is locked and nothing is
 * followed that could lead astray; each entry is read until two readings agree.
 */
#pragma once

#include <unitron/inspect.h>

/* How many entries there are: tasks first, in order of kind and number. */
unsigned int inspect_count(void);
/* Entry index, less than the count. The stack's use and cycles are the host's to fill in. */
void	inspect_object(unsigned int index, struct unitron_object *object);
