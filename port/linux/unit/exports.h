/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between exports.c (devices, kicks, beginning and end) and export_file.c (what
 * processes do with their files).
 *
 * Locks: exports_mutex, in exports.c: beginning, end, opening. export->lock, a
 * mutex: every call of the application's functions for the object, but kicked;
 * dead is set under it, and looked at under it before each call. kick_lock, a
 * spinlock: the table and the lists of files, which the kick walks in interrupt
 * context. None is taken by the real-time side.
 */
#pragma once

#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "../../../include/unitron/exchange.h"
#include "unit.h"

struct export {
	struct kref refs;
	struct mutex lock;
	wait_queue_head_t wait;
	atomic_t events;		/* kicks, and the end: who waits looks again */
	const struct rt_exchange *ops;	/* not called once dead */
	struct exchange_object *object;	/* the application's; no more than a name here */
	unsigned int index;
	bool dead;
	umode_t mode;
	struct unitron_info info;
	struct device *device;
	struct list_head files;		/* under lock; changed under kick_lock too */
	struct work_struct announce;	/* notifications */
	struct export_file *mapper;	/* ring: who has it mapped; under lock */
	u64 word;			/* on its way from a process; under lock */
	char *saved;			/* what a reader could not take, for the next one; under lock */
	size_t saved_at, saved_end;
};

struct export_file {
	struct export *export;
	struct list_head link;
	u32 mask;			/* event flag: the bits that count */
	u32 signals;			/* semaphore: for how many the last write found no room; 0: one */
	atomic_t told;			/* ring: kicks since it last looked */
	struct unitron_notify notify;	/* under the export's lock, like the next three */
	struct eventfd_ctx *eventfd;
	struct pid *pid;
	void (*callback)(void *argument);	/* of a module, in the place of the others */
	void *argument;
	bool notified;			/* and has not looked since */
};

extern spinlock_t export_kick_lock;
extern const struct file_operations export_operations;
extern const struct attribute_group *export_groups[];	/* export_attributes.c */

/* Process context: the export of a minor, with a reference, or NULL. */
struct export *export_get(unsigned int minor);
/* The same by name. */
struct export *export_find(const char *name);
void export_put(struct export *export);
/*
 * Between export_file.c and export_module.c: who uses an export. new takes over
 * the reference; NULL: no memory, the reference is dropped. try_: without
 * waiting, data in kernel memory; -EAGAIN, -ENODEV.
 */
struct export_file *export_file_new(struct export *export);
void export_file_free(struct export_file *file);
ssize_t export_try_read(struct export_file *file, void *data, size_t size);
ssize_t export_try_write(struct export_file *file, const void *data, size_t size);
/* What is there from now on counts anew for notification. */
void export_looked(struct export_file *file);
/* Work item, export->announce: notify those who asked for it. */
void export_announce(struct work_struct *work);
