// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/unitron, there while an application is loaded:
 *	run		write 1 to start, 0 to stop; reads 1 while running
 *	state		loaded | running | ended CODE | failed
 *	application	its name
 *	module		the name of its module
 *	raise		write a number: raises that interrupt of the application
 *	statistics	counts of the delivery unit, "name value" lines
 *	clock		one instant, ns: on the real-time side's clock, on
 *			CLOCK_MONOTONIC, and how far apart they may be
 *	objects		tasks and objects as they are now: include/unitron/inspect.h
 *	tracing		write 1 to record, 0 to stop; only if the application
 *			was built with TRACE = 1, as the next
 *	trace		what was recorded: include/unitron/trace.h
 *
 * The attributes' own locking (kernfs) lets control_exit wait for readers and
 * writers; unit_mutex is therefore only tried here, never waited for.
 */
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sysfs.h>
#include "../../../include/unitron/exchange.h"
#include "unit.h"

static struct kobject *directory;

static ssize_t run_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", unit_state() == UNIT_RUNNING);
}

static ssize_t run_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	bool run;
	int err = kstrtobool(buf, &run);

	if (err)
		return err;
	if (!mutex_trylock(&unit_mutex))
		return -EBUSY;
	if (run)
		err = unit_start();
	else
		unit_stop();
	mutex_unlock(&unit_mutex);
	return err ?: count;
}

static ssize_t raise_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	unsigned int intno;
	int err = kstrtouint(buf, 0, &intno);

	return err ?: unitron_raise(intno) ?: count;
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	switch (unit_state()) {
	case UNIT_RUNNING:
		return sysfs_emit(buf, "running\n");
	case UNIT_ENDED:
		return sysfs_emit(buf, "ended %d\n", rt_cpu.record.code);
	case UNIT_FAILED:
		return sysfs_emit(buf, "failed\n");
	default:
		return sysfs_emit(buf, "loaded\n");
	}
}

static ssize_t application_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", rt_cpu.app->name);
}

static ssize_t module_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", module_name(rt_cpu.app->owner));
}

static ssize_t clock_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct unitron_clock now;

	unit_clock(&now);
	return sysfs_emit(buf, "%llu %llu %u\n", now.realtime, now.monotonic, now.uncertainty);
}

static ssize_t statistics_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct rt_cpu *cpu = &rt_cpu;

	return sysfs_emit(buf, "nmis %llu\ntimer_nmis %llu\nforwarded %llu\ndeferred %llu\npended %llu\nrestarted %llu\n"
			  "unsure %llu\nexceptions %llu\nthrottles %llu\n",
			  cpu->nmis, cpu->timer_nmis, cpu->forwarded, cpu->deferred, cpu->pended, cpu->restarted,
			  cpu->unsure, cpu->exceptions, cpu->throttles);
}

static ssize_t objects_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t offset, size_t count)
{
	void *picture = kvzalloc(rt_cpu.app->picture_size, GFP_KERNEL);

	if (!picture)
		return -ENOMEM;
	rt_cpu.app->picture(picture);
	memcpy(buf, picture + offset, count);
	kvfree(picture);
	return count;
}

static ssize_t tracing_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(*rt_cpu.app->tracing));
}

static ssize_t tracing_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	bool on;
	int err = kstrtobool(buf, &on);

	if (err)
		return err;
	WRITE_ONCE(*rt_cpu.app->tracing, on);
	return count;
}

static ssize_t trace_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t offset, size_t count)
{
	memcpy(buf, rt_cpu.app->trace + offset, count);
	return count;
}

static struct kobj_attribute run = __ATTR_RW_MODE(run, 0600);
static struct kobj_attribute raise = __ATTR(raise, 0200, NULL, raise_store);
static struct kobj_attribute state = __ATTR_RO(state);
static struct kobj_attribute application = __ATTR_RO(application);
static struct kobj_attribute module = __ATTR_RO(module);
static struct kobj_attribute clock = __ATTR_RO(clock);
static struct kobj_attribute statistics = __ATTR_RO(statistics);
static struct bin_attribute objects = { .attr = { .name = "objects", .mode = 0444 }, .read = objects_read };
static struct kobj_attribute tracing = __ATTR_RW_MODE(tracing, 0600);
static struct bin_attribute trace = { .attr = { .name = "trace", .mode = 0400 }, .read = trace_read };
static const struct attribute *const attributes[] = { &run.attr, &state.attr, &application.attr, &module.attr, &clock.attr, &raise.attr, &statistics.attr, NULL };

/* 0 or -ENOMEM; without the directory the application could not be started. */
int control_init(void)
{
	int err;

	directory = kobject_create_and_add("unitron", kernel_kobj);
	if (!directory)
		return -ENOMEM;
	objects.size = rt_cpu.app->picture_size;
	err = sysfs_create_files(directory, attributes) ?: sysfs_create_bin_file(directory, &objects);
	if (!err && rt_cpu.app->trace) {
		trace.size = rt_cpu.app->trace_size;
		err = sysfs_create_file(directory, &tracing.attr) ?: sysfs_create_bin_file(directory, &trace);
	}
	if (err)
		control_exit();
	return err;
}

void control_exit(void)
{
	kobject_put(directory);
	directory = NULL;
}
