/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data queue's control block: a ring buffer of capacity elements. A task
 * waits in send only while the buffer is full, in receive only while it is
 * empty; with capacity 0 it is both, but then at most one queue has tasks.
 */
#pragma once

#include "config.h"
#include "waitable.h"

struct dataqueue {
	struct waitable send;
	struct waitable receive;
	VP_INT	*buffer;
	UINT	capacity;
	UINT	count;
	UINT	first;			/* index of the oldest element */
	UINT	free;			/* index of the element behind the newest */
};

extern struct dataqueue kernel_dtq[];

void	kernel_dataqueue_initialize(void);
