/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of static APIs for people. */
#pragma once

/* Print it to standard output, in Markdown. */
void	list_print(void);
