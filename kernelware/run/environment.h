/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kw put into the program's environment for the auditor: see run.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "emit.h"

struct run {
	unsigned int flags;
	uint64_t pid;		/* of the program that kw executed; others have inherited the variables */
	struct gates gates;
};

/* False: there is nothing from kw, or it can't be understood. */
bool environment_read(struct run *run);

/*
 * Take it out of the environment, as the program and those that it executes
 * see it. Only before the program has run, once the loader has read it too.
 */
void environment_clean(void);
