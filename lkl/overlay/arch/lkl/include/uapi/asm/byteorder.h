/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's byte order. */
#ifndef _UAPI_ASM_LKL_BYTEORDER_H
#define _UAPI_ASM_LKL_BYTEORDER_H

#include <linux/byteorder/little_endian.h>

#endif
