/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entering kernel mode, at the end of loading.
 */
#pragma once

#include "environment.h"

/*
 * Enter, unless the program is in kernel mode already. Does not return, but
 * ends the program with RUN_FAILED, if the one that kw executed can't enter;
 * another one that was executed by it goes on in user mode.
 */
void enter(const struct run *run);
