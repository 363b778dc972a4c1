/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <itron/kernel.h>
#include "command.h"
#include "inspection.h"

static const char *const wanted = "the command and the module are of different versions";

int inspection_load(struct inspection *inspection)
{
	char path[4096], *bytes;
	size_t size, rest;
	int status;

	memset(inspection, 0, sizeof(*inspection));
	status = sysfs_path(path, sizeof(path), "objects");
	if (status)
		return status;
	bytes = read_file(path, &size);
	if (!bytes)
		return COMMAND_FAILED;
	if (size < sizeof(inspection->head) || (memcpy(&inspection->head, bytes, sizeof(inspection->head)), 0) ||
	    inspection->head.magic != UNITRON_INSPECT_MAGIC || inspection->head.version != UNITRON_INSPECT_VERSION ||
	    inspection->head.entry_size != sizeof(struct unitron_object) ||
	    inspection->head.count > (size - sizeof(inspection->head)) / sizeof(struct unitron_object)) {
		free(bytes);
		return fail("%s: not a list of objects that this command knows: %s", path, wanted);
	}
	inspection->head.application[UNITRON_INSPECT_NAME - 1] = '\0';
	rest = inspection->head.count * sizeof(struct unitron_object);
	inspection->objects = malloc(rest ? rest : 1);
	if (!inspection->objects) {
		free(bytes);
		return fail("no memory for %u objects", inspection->head.count);
	}
	memcpy(inspection->objects, bytes + sizeof(inspection->head), rest);
	for (uint32_t i = 0; i < inspection->head.count; i++)
		inspection->objects[i].name[UNITRON_INSPECT_NAME - 1] = '\0';
	free(bytes);
	return 0;
}

void inspection_free(struct inspection *inspection)
{
	free(inspection->objects);
	inspection->objects = NULL;
}

const char *inspection_name(const struct inspection *inspection, enum unitron_object_kind kind, unsigned int id)
{
	for (uint32_t i = 0; i < inspection->head.count; i++)
		if (inspection->objects[i].kind == kind && inspection->objects[i].id == id)
			return inspection->objects[i].name;
	return "";
}

const char *inspection_state(const struct unitron_object *task)
{
	switch (task->state) {
	case TTS_RUN:
		return "running";
	case TTS_RDY:
		return "ready";
	case TTS_WAI:
		return "waiting";
	case TTS_SUS:
		return "suspended";
	case TTS_WAS:
		return "waiting, suspended";
	case TTS_DMT:
		return "dormant";
	default:
		return "?";
	}
}

const char *inspection_wait(const struct inspection *inspection, const struct unitron_object *task)
{
	static const struct {
		unsigned int wait;
		enum unitron_object_kind kind;
		const char *words;
	} waits[] = {
		{ TTW_SLP, 0, "sleep" },
		{ TTW_DLY, 0, "delay" },
		{ TTW_SEM, UNITRON_SEMAPHORE_OBJECT, "semaphore" },
		{ TTW_FLG, UNITRON_EVENTFLAG_OBJECT, "event flag" },
		{ TTW_SDTQ, UNITRON_DATAQUEUE_OBJECT, "send to" },
		{ TTW_RDTQ, UNITRON_DATAQUEUE_OBJECT, "receive from" },
		{ TTW_MBX, UNITRON_MAILBOX_OBJECT, "mailbox" },
		{ TTW_MTX, UNITRON_MUTEX_OBJECT, "mutex" },
		{ TTW_MPF, UNITRON_MEMPOOL_OBJECT, "memory pool" },
	};
	static char text[64];

	for (unsigned int i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		if (waits[i].wait != task->wait_kind)
			continue;
		if (!waits[i].kind)
			return waits[i].words;
		snprintf(text, sizeof(text), "%s %s", waits[i].words, inspection_name(inspection, waits[i].kind, task->wait_id));
		return text;
	}
	return "";
}
