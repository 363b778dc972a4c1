// SPDX-License-Identifier: GPL-2.0-only
/* Exported objects for other modules of Linux: <unitron/objects.h>. */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "../../../include/unitron/objects.h"
#include "exports.h"

static struct export_file *file_of(struct unitron_object *object)
{
	return (struct export_file *)object;
}

struct unitron_object *unitron_object_find(const char *name)
{
	struct export *export = export_find(name);
	struct export_file *file;

	if (!export)
		return ERR_PTR(-ENOENT);
	if (export->info.kind == UNITRON_RING) {
		export_put(export);
		return ERR_PTR(-EOPNOTSUPP);
	}
	file = export_file_new(export);
	return file ? (struct unitron_object *)file : ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_GPL(unitron_object_find);

void unitron_object_put(struct unitron_object *object)
{
	export_file_free(file_of(object));
}
EXPORT_SYMBOL_GPL(unitron_object_put);

ssize_t unitron_object_read(struct unitron_object *object, void *data, size_t size)
{
	ssize_t result = export_try_read(file_of(object), data, size);

	export_looked(file_of(object));
	return result;
}
EXPORT_SYMBOL_GPL(unitron_object_read);

ssize_t unitron_object_write(struct unitron_object *object, const void *data, size_t size)
{
	ssize_t result = export_try_write(file_of(object), data, size);

	export_looked(file_of(object));
	return result;
}
EXPORT_SYMBOL_GPL(unitron_object_write);

void unitron_object_notify(struct unitron_object *object, void (*ready)(void *argument), void *argument)
{
	struct export_file *file = file_of(object);

	mutex_lock(&file->export->lock);
	file->argument = argument;
	WRITE_ONCE(file->callback, ready);
	mutex_unlock(&file->export->lock);
	export_looked(file);
}
EXPORT_SYMBOL_GPL(unitron_object_notify);
