/* SPDX-License-Identifier: BSD-2-Clause */
/* The semaphore's control block: count is 0 while a task waits. */
#pragma once

#include "config.h"
#include "waitable.h"

struct semaphore {
	struct waitable wait;
	UINT	count;
	UINT	max;
};

extern struct semaphore kernel_sem[];

void	kernel_semaphore_initialize(void);
