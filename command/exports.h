/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* The table of exported objects on standard output, below that of all; nothing if there are none. */
void	exports_print(void);
