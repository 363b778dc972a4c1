// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an application looks like, for /sys/kernel/unitron/objects: what the
 * kernel knows (inspect/), and what only the Linux half does. Process context,
 * beside the running real-time side.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "app.h"
#include "inspect.h"

/* inspect/inspect.h, which is for the real-time side's compiler */
unsigned int inspect_count(void);
void inspect_object(unsigned int index, struct unitron_object *object);

size_t application_picture_size(void)
{
	return sizeof(struct unitron_inspection) + inspect_count() * sizeof(struct unitron_object);
}

static u64 cycles_of(unsigned int task)
{
	return port_trace.memory ? READ_ONCE(port_trace.busy[min(task, port_trace.busy_count - 1)]) : 0;
}

void application_picture(void *to)
{
	struct unitron_inspection *head = to;
	struct unitron_object *objects = (void *)(head + 1);

	*head = (struct unitron_inspection){
		.magic = UNITRON_INSPECT_MAGIC, .version = UNITRON_INSPECT_VERSION, .entry_size = sizeof(*objects),
		.count = inspect_count(), .traced = port_trace.memory != NULL,
	};
	strscpy(head->application, port_application(), sizeof(head->application));
	if (port_trace.memory) {
		head->linux_cycles = cycles_of(0);
		head->handler_cycles = READ_ONCE(*port_trace.handlers);
		head->cycles = head->handler_cycles;
		for (unsigned int i = 0; i < port_trace.busy_count; i++)
			head->cycles += cycles_of(i);
	}
	for (unsigned int i = 0; i < head->count; i++) {
		inspect_object(i, &objects[i]);
		if (objects[i].kind == UNITRON_TASK) {
			objects[i].stack_used = application_stack_used(i);
			objects[i].cycles = cycles_of(objects[i].id);
		}
	}
}
