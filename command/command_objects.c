/* SPDX-License-Identifier: BSD-2-Clause */
/* unitron objects: what the loaded application has besides tasks, and what of that it exports. */
#include <inttypes.h>
#include <string.h>
#include "command.h"
#include "exports.h"
#include "inspection.h"

static const char help[] =
	"Usage: unitron objects\n"
	"Show the semaphores, event flags, data queues, mailboxes, mutexes, memory pools,\n"
	"cyclic and alarm handlers of the loaded application, and how many tasks wait.\n"
	"Then what it exports to Linux, while it runs:\n"
	"\n"
	"  LINUX        what Linux processes do: read or write\n"
	"  MODE         permissions of /dev/unitron/NAME\n"
	"  IN ITS RING  messages, data, signals that are under way, of how many\n"
	"  MOVED        those that were taken out since the start, modulo 2^32\n"
	"  OPEN IN      processes that have it open\n";

static void describe(const struct inspection *inspection, const struct unitron_object *object, char *text, size_t size)
{
	switch (object->kind) {
	case UNITRON_SEMAPHORE_OBJECT:
		snprintf(text, size, "%" PRIu64 " of %" PRIu64, object->value, object->limit);
		break;
	case UNITRON_EVENTFLAG_OBJECT:
		snprintf(text, size, "0x%" PRIx64, object->value);
		break;
	case UNITRON_DATAQUEUE_OBJECT:
		snprintf(text, size, "%" PRIu64 " of %" PRIu64 " data", object->value, object->limit);
		break;
	case UNITRON_MAILBOX_OBJECT:
		snprintf(text, size, "%s", object->value ? "messages" : "empty");
		break;
	case UNITRON_MUTEX_OBJECT:
		snprintf(text, size, object->value ? "locked by %s" : "free%s", inspection_name(inspection, UNITRON_TASK, (unsigned int)object->value));
		break;
	case UNITRON_MEMPOOL_OBJECT:
		snprintf(text, size, "%" PRIu64 " of %" PRIu64 " blocks free", object->value, object->limit);
		break;
	case UNITRON_CYCLIC_OBJECT:
		snprintf(text, size, "%s, every %" PRIu64 " units", object->value ? "started" : "stopped", object->limit);
		break;
	default:
		snprintf(text, size, "%s", object->value ? "started" : "stopped");
		break;
	}
}

static int run(int argc, char **argv)
{
	static const char *const kinds[] = {
		"?", "task", "semaphore", "event flag", "data queue", "mailbox", "mutex", "memory pool", "cyclic handler", "alarm handler",
	};
	struct inspection inspection;
	int status;

	if (helped(argc, argv, help))
		return 0;
	status = at_most(argc, argv, 0);
	if (!status)
		status = inspection_load(&inspection);
	if (status)
		return status;
	printf("%-14s  %4s  %-23s  %7s  %s\n", "KIND", "ID", "NAME", "WAITING", "STATE");
	for (uint32_t i = 0; i < inspection.head.count; i++) {
		const struct unitron_object *object = &inspection.objects[i];
		char text[64];

		if (object->kind == UNITRON_TASK || object->kind >= sizeof(kinds) / sizeof(*kinds))
			continue;
		describe(&inspection, object, text, sizeof(text));
		printf("%-14s  %4u  %-23s  %7u  %s\n", kinds[object->kind], object->id, object->name, object->waiters, text);
	}
	inspection_free(&inspection);
	exports_print();
	return 0;
}

const struct subcommand subcommand_objects = { "objects", "show its semaphores, queues, flags, ... and who waits", run };
