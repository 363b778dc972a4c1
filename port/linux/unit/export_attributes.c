// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/unitron/NAME: what an exported object is, and how it stands. Read in
 * process context, while the device is there; how it stands is asked of the
 * application, under the export's lock, as every call of its functions (exports.h).
 */
#include <linux/device.h>
#include <linux/sysfs.h>
#include "exports.h"

static ssize_t kind_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char *const names[] = {
		[UNITRON_DATAQUEUE] = "dataqueue", [UNITRON_MAILBOX] = "mailbox", [UNITRON_EVENTFLAG] = "eventflag",
		[UNITRON_SEMAPHORE] = "semaphore", [UNITRON_RING] = "ring",
	};
	const struct export *export = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", names[export->info.kind]);
}

static ssize_t direction_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct export *export = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", export->info.direction == UNITRON_READ ? "read" : "write");
}

static ssize_t unit_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct export *export = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", export->info.unit);
}

static ssize_t count_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct export *export = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", export->info.count);
}

static ssize_t application_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct export *export = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", export->info.application);
}

/* ---- how it stands -------------------------------------------------------------------------- */

struct export_state {
	u32 filled, moved;
	bool broken;
};

/* 0, or -ENODEV: the run is ending. */
static int state_of(struct device *dev, struct export_state *state)
{
	struct export *export = dev_get_drvdata(dev);
	int err = 0;

	mutex_lock(&export->lock);
	if (export->dead)
		err = -ENODEV;
	else
		export->ops->state(export->object, &state->filled, &state->moved, &state->broken);
	mutex_unlock(&export->lock);
	return err;
}

static ssize_t filled_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct export_state state;

	return state_of(dev, &state) ?: sysfs_emit(buf, "%u\n", state.filled);
}

static ssize_t moved_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct export_state state;

	return state_of(dev, &state) ?: sysfs_emit(buf, "%u\n", state.moved);
}

static ssize_t broken_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct export_state state;

	return state_of(dev, &state) ?: sysfs_emit(buf, "%d\n", state.broken);
}

static ssize_t opened_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct export *export = dev_get_drvdata(dev);
	struct export_file *file;
	unsigned int files = 0;

	mutex_lock(&export->lock);
	list_for_each_entry(file, &export->files, link)
		files++;
	mutex_unlock(&export->lock);
	return sysfs_emit(buf, "%u\n", files);
}

static DEVICE_ATTR_RO(kind);
static DEVICE_ATTR_RO(direction);
static DEVICE_ATTR_RO(unit);
static DEVICE_ATTR_RO(count);
static DEVICE_ATTR_RO(application);
static DEVICE_ATTR_RO(filled);
static DEVICE_ATTR_RO(moved);
static DEVICE_ATTR_RO(broken);
static DEVICE_ATTR_RO(opened);
static struct attribute *export_attrs[] = {
	&dev_attr_kind.attr, &dev_attr_direction.attr, &dev_attr_unit.attr, &dev_attr_count.attr, &dev_attr_application.attr,
	&dev_attr_filled.attr, &dev_attr_moved.attr, &dev_attr_broken.attr, &dev_attr_opened.attr, NULL
};
static const struct attribute_group export_group = { .attrs = export_attrs };
const struct attribute_group *export_groups[] = { &export_group, NULL };
