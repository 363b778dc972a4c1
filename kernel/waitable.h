/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The common head of every object that tasks wait for. What is done with it
 * stands in wait.h.
 */
#pragma once

#include "queue.h"

struct waitable {
	struct kernel_queue waiters;
	bool by_priority;		/* order of the tasks' current priorities, else of arrival */
};
