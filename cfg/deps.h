/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel_cfg.d: what the outputs depend on, for make. */
#pragma once

/*
 * Write kernel_cfg.d into the scratch directory: kernel_cfg.c depends on every
 * file that the compiler's own dependency files (names in the scratch
 * directory) list, except scratch files.
 */
void	deps_write(const char *const *names, unsigned int count);
