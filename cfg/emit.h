/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing kernel_id.h and kernel_cfg.c into the scratch directory. */
#pragma once

#include "parse.h"

/* Needs numbers only: the names are for the application's headers too. */
void	emit_id_h(const struct config *config, const char *source);
/* Needs a configuration without errors. */
void	emit_cfg_c(const struct config *config, const char *source);
