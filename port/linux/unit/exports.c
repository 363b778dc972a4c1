// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/unitron/NAME: the objects that an application exports, while it runs.
 * The devices are the unit's, so that an open file does not keep an
 * application loaded: it goes on to live without one, and says ENODEV.
 *
 * What an object does is the application's affair (exchange/host.c), by the
 * functions of struct rt_exchange; what processes do with files is in
 * export_file.c, what they read in sysfs in export_attributes.c; here are
 * devices, kicks, the beginning and the end.
 *
 * Locks: exports.h.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "compat.h"
#include "exports.h"

#define MINORS 256

static struct class *class;
static struct cdev device;
static dev_t first;
static DEFINE_MUTEX(exports_mutex);
DEFINE_SPINLOCK(export_kick_lock);
static struct export *exports[MINORS];
static unsigned int count;

static void export_free(struct kref *refs)
{
	struct export *export = container_of(refs, struct export, refs);

	kvfree(export->saved);
	kfree(export);
}

struct export *export_get(unsigned int minor)
{
	struct export *export;

	mutex_lock(&exports_mutex);
	export = exports[minor - MINOR(first)];
	if (export)
		kref_get(&export->refs);
	mutex_unlock(&exports_mutex);
	return export;
}

struct export *export_find(const char *name)
{
	struct export *export = NULL;

	mutex_lock(&exports_mutex);
	for (unsigned int i = 0; i < count && !export; i++)
		if (!strcmp(exports[i]->info.name, name))
			export = exports[i];
	if (export)
		kref_get(&export->refs);
	mutex_unlock(&exports_mutex);
	return export;
}

void export_put(struct export *export)
{
	kref_put(&export->refs, export_free);
}

/* ---- from the real-time side ---------------------------------------------------------- */

/* Interrupt context: the real-time side has done what somebody wished for. */
void exports_kicked(void)
{
	struct export_file *file;
	unsigned long flags;
	bool told;

	if (!READ_ONCE(count))
		return;
	spin_lock_irqsave(&export_kick_lock, flags);
	for (unsigned int i = 0; i < count; i++) {
		struct export *export = exports[i];

		if (!export->ops->kicked(export->object))
			continue;
		atomic_inc(&export->events);
		told = false;
		list_for_each_entry(file, &export->files, link) {
			if (export->info.kind == UNITRON_RING && READ_ONCE(export->mapper) == file)
				atomic_inc(&file->told);
			told |= READ_ONCE(file->notify.how) != UNITRON_NOTIFY_NONE || READ_ONCE(file->callback);
		}
		wake_up_all(&export->wait);
		if (told)
			schedule_work(&export->announce);
	}
	spin_unlock_irqrestore(&export_kick_lock, flags);
}

/* ---- beginning and end ------------------------------------------------------------------ */

static struct export *export_new(const struct rt_exchange *ops, unsigned int index)
{
	struct export *export = kzalloc(sizeof(*export), GFP_KERNEL);

	if (!export)
		return NULL;
	kref_init(&export->refs);
	mutex_init(&export->lock);
	init_waitqueue_head(&export->wait);
	INIT_LIST_HEAD(&export->files);
	INIT_WORK(&export->announce, export_announce);
	export->ops = ops;
	export->index = index;
	export->object = ops->object(index);
	export->mode = ops->mode(export->object);
	ops->info(export->object, &export->info);
	export->device = device_create(class, NULL, first + index, export, "%s", export->info.name);
	if (IS_ERR(export->device)) {
		kfree(export);
		return NULL;
	}
	return export;
}

static void export_end(struct export *export)
{
	mutex_lock(&export->lock);
	WRITE_ONCE(export->dead, true);
	mutex_unlock(&export->lock);
	cancel_work_sync(&export->announce);
	atomic_inc(&export->events);
	wake_up_all(&export->wait);
	device_destroy(class, first + export->index);
	export_put(export);
}

void exports_end(void)
{
	struct export *export;

	mutex_lock(&exports_mutex);
	while (count) {
		spin_lock_irq(&export_kick_lock);
		export = exports[--count];
		exports[count] = NULL;
		spin_unlock_irq(&export_kick_lock);
		export_end(export);
	}
	mutex_unlock(&exports_mutex);
}

int exports_begin(const struct rt_exchange *ops)
{
	unsigned int wanted = ops ? ops->count() : 0;
	struct export *export = NULL;

	exports_end();
	if (wanted > MINORS) {
		pr_err("not started: %u objects are exported, %u can be\n", wanted, MINORS);
		return -ENOSPC;
	}
	mutex_lock(&exports_mutex);
	for (unsigned int i = 0; i < wanted; i++) {
		export = export_new(ops, i);
		if (!export)
			break;
		spin_lock_irq(&export_kick_lock);
		exports[i] = export;
		count = i + 1;
		spin_unlock_irq(&export_kick_lock);
	}
	mutex_unlock(&exports_mutex);
	if (wanted && !export) {
		exports_end();
		pr_err("not started: no memory for the devices of %u exported objects, or a name twice\n", wanted);
		return -ENOMEM;
	}
	return 0;
}

/* ---- where the devices stand ---------------------------------------------------------------- */

static char *devnode(COMPAT_DEVNODE_DEVICE *dev, umode_t *mode)
{
	const struct export *export = dev_get_drvdata(dev);

	if (mode && export)
		*mode = export->mode;
	return kasprintf(GFP_KERNEL, "unitron/%s", dev_name(dev));
}

int exports_init(void)
{
	int err = alloc_chrdev_region(&first, 0, MINORS, "unitron");

	if (err)
		return err;
	class = compat_class_create("unitron");
	if (IS_ERR(class)) {
		err = PTR_ERR(class);
		goto error_region;
	}
	class->devnode = devnode;
	class->dev_groups = export_groups;
	cdev_init(&device, &export_operations);
	device.owner = THIS_MODULE;
	err = cdev_add(&device, first, MINORS);
	if (err)
		goto error_class;
	return 0;
error_class:
	class_destroy(class);
error_region:
	unregister_chrdev_region(first, MINORS);
	return err;
}

void exports_exit(void)
{
	cdev_del(&device);
	class_destroy(class);
	unregister_chrdev_region(first, MINORS);
}
