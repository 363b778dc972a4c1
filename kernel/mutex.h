/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mutex, and what mutexes do to the priorities of tasks.
 * Invariant: the current priority of a task is the most urgent of its base
 * priority, the ceilings of the TA_CEILING mutexes it holds, and the current
 * priorities of the tasks that wait for the TA_INHERIT mutexes it holds.
 */
#pragma once

#include "task.h"
#include "waitable.h"

struct mutex {
	struct waitable wait;		/* first */
	const struct mtx_init *init;
	struct task *owner;		/* NULL: free */
	struct kernel_queue held;	/* in its owner's mutexes */
};

extern struct mutex kernel_mtx[];

void	kernel_mutex_initialize(void);
/* A task has left the queue of this mutex without getting it: its owner inherits from the others only. */
void	kernel_mutex_waiter_left(struct waitable *object);
/* Hand on all mutexes of a task that ends, the newest first. */
void	kernel_mutex_release_all(struct task *task);
/* May task have base priority pri, as far as the ceilings of its mutexes say? */
bool	kernel_mutex_ceiling_allows(const struct task *task, PRI pri);
/* Give task, which is not dormant, the base priority pri. */
void	kernel_mutex_change_base(struct task *task, PRI pri);
