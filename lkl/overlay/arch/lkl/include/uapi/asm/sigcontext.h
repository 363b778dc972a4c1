/* SPDX-License-Identifier: GPL-2.0-only */
/* No signal frames are built: handlers belong to the host program. */
#ifndef _UAPI_ASM_LKL_SIGCONTEXT_H
#define _UAPI_ASM_LKL_SIGCONTEXT_H

struct sigcontext {
	unsigned long oldmask;
};

#endif
