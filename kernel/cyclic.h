/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cyclic handler's control block. With TA_PHS the event is always
 * registered, and started says whether the handler is called; without, it is
 * registered while the handler is started.
 */
#pragma once

#include "config.h"
#include "timer_queue.h"

struct cyclic {
	struct timer_event event;
	const struct cyc_init *init;
	bool	started;
};

extern struct cyclic kernel_cyc[];

void	kernel_cyclic_initialize(void);
