/* SPDX-License-Identifier: BSD-2-Clause */
/* What the loaded application looks like: /sys/kernel/unitron/objects, read and checked. */
#pragma once

#include <unitron/inspect.h>

struct inspection {
	struct unitron_inspection head;
	struct unitron_object *objects;	/* head.count of them */
};

/* Of the loaded application. 0, or an exit code after a message. */
int	inspection_load(struct inspection *inspection);
void	inspection_free(struct inspection *inspection);
/* The table of its tasks on standard output; shares of the time since before, or since the start if that is NULL (tasks_print.c) */
void	tasks_print(const struct inspection *now, const struct inspection *before);
/* The name of an object; "" if there is none. */
const char *inspection_name(const struct inspection *inspection, enum unitron_object_kind kind, unsigned int id);
/* "waiting", "running", ... */
const char *inspection_state(const struct unitron_object *task);
/* "semaphore READY", "sleep", ...; "" for a task that does not wait. Valid until the next call. */
const char *inspection_wait(const struct inspection *inspection, const struct unitron_object *task);
