/* SPDX-License-Identifier: BSD-2-Clause */
/* The alarm handler's control block: its event is registered while the alarm is set. */
#pragma once

#include "config.h"
#include "timer_queue.h"

struct alarm {
	struct timer_event event;
	const struct alm_init *init;
};

extern struct alarm kernel_alm[];

void	kernel_alarm_initialize(void);
