/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests without the module: a program does not enter kernel mode.
 */
#include "enter.h"

void enter(const struct run *run)
{
	(void)run;
}
