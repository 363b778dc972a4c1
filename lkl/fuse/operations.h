/* SPDX-License-Identifier: BSD-2-Clause */
/* lklfuse's operations, by paths, as libfuse's interface of that kind has them. */
#ifndef LKL_FUSE_OPERATIONS_H
#define LKL_FUSE_OPERATIONS_H

#define FUSE_USE_VERSION 32
#include <fuse.h>
#include <fuse_lowlevel.h>

extern const struct fuse_operations fuse_operations;

#endif
