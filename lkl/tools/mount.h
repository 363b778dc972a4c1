/* SPDX-License-Identifier: BSD-2-Clause */
/* Mounting in the library kernel, for the tools and for `lkl run`. */
#ifndef LKL_TOOLS_MOUNT_H
#define LKL_TOOLS_MOUNT_H

/* Makes /dev and /proc of a kernel that was just booted. */
void prepare_root(void);

/*
 * Mounts a device, as the file system of that type; NULL: each that wants a
 * device is tried, in the kernel's order. Returns 0 or -errno: -EINVAL if none of
 * them took it, otherwise the first other error.
 */
long mount_device(const char *device, const char *where, const char *type, unsigned long flags, const char *options);

#endif
