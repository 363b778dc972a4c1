/* SPDX-License-Identifier: BSD-2-Clause */
/* The event flag's control block. No task waits for a condition that pattern fulfils. */
#pragma once

#include "config.h"
#include "waitable.h"

struct eventflag {
	struct waitable wait;
	FLGPTN	pattern;
	ATR	attr;
};

extern struct eventflag kernel_flg[];

void	kernel_eventflag_initialize(void);
