/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading and unloading applications, which are Linux modules. Everything here wants root. */
#pragma once

#include <stddef.h>

/* A module read into memory and looked at: for this kernel, and an application of ours. 0, or an exit code after a message. */
int	module_read(const char *path, char **image, size_t *size);
/* Load the delivery unit if it is not there. */
int	module_load_unit(void);
/* Load an application; parameters as for insmod. name: for messages. */
int	module_load(const char *name, const char *image, size_t size, const char *parameters);
/* Unload the loaded application. */
int	module_unload(void);
