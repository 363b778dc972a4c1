/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The objects that a uITRON application exports, for other modules of Linux:
 * what a process does by a file of /dev/unitron/NAME. Exported by unitron.ko.
 * Process context; none of these waits for the real-time side.
 */
#pragma once

#include <linux/types.h>

struct unitron_object;

/*
 * The object of this name of the running application. ERR_PTR: -ENOENT there is
 * none, -ENOMEM, -EOPNOTSUPP a ring, which processes map. Each is given back by
 * put. It belongs to one run of the application: afterwards read and write give -ENODEV.
 */
struct unitron_object *unitron_object_find(const char *name);
void unitron_object_put(struct unitron_object *object);

/*
 * As read(2) and write(2) of the device without waiting: bytes that went;
 * -EAGAIN: nothing there, no room; -EBADF: the other direction; -EINVAL;
 * -EMSGSIZE; -EIO; -ENODEV.
 */
ssize_t unitron_object_read(struct unitron_object *object, void *data, size_t size);
ssize_t unitron_object_write(struct unitron_object *object, const void *data, size_t size);

/*
 * Have ready(argument) called when the object has become ready for its
 * direction: once, and again when it is after the next read or write. In process
 * context, by a work item or out of these functions; ready does not call them
 * itself: it wakes a thread, or queues work. NULL: no more; after this has
 * returned ready is not called.
 */
void unitron_object_notify(struct unitron_object *object, void (*ready)(void *argument), void *argument);
