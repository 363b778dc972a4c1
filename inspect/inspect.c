/* SPDX-License-Identifier: BSD-2-Clause */
/* See inspect.h. Above the kernel: it reads the control blocks and calls nothing. */
#include <kernel/tables.h>
#include "inspect.h"

#define READINGS 10	/* then the last one is given, as it is */

static void name_copy(char *to, const char *from)
{
	unsigned int i;

	for (i = 0; i < UNITRON_INSPECT_NAME - 1 && from && from[i]; i++)
		to[i] = from[i];
	for (; i < UNITRON_INSPECT_NAME; i++)
		to[i] = '\0';
}

/* Does the address lie in control block id (from 1) of an array? */
static bool within(const void *address, const void *array, unsigned long size, ID id)
{
	unsigned long begin = (unsigned long)array + (unsigned long)(id - 1) * size;

	return (unsigned long)address - begin < size;
}

/* By the tasks and not by the queue, whose links may change under the reader */
static unsigned int waiters(const void *array, unsigned long size, ID id)
{
	unsigned int count = 0;

	for (ID task = 1; task <= kernel_task_count; task++)
		if (task_of(task)->state & TTS_WAI && task_of(task)->wait_object && within(task_of(task)->wait_object, array, size, id))
			count++;
	return count;
}

static uint16_t number_in(const void *address, const void *array, unsigned long size, ID count)
{
	unsigned long offset = (unsigned long)address - (unsigned long)array;

	return offset < (unsigned long)count * size ? offset / size + 1 : 0;
}

#define NUMBER_IN(address, kind) number_in(address, kernel_##kind, sizeof(kernel_##kind[0]), kernel_##kind##_count)

static uint16_t wait_id(STAT kind, const void *object)
{
	switch (kind) {
	case TTW_SEM:
		return NUMBER_IN(object, sem);
	case TTW_FLG:
		return NUMBER_IN(object, flg);
	case TTW_SDTQ:
	case TTW_RDTQ:
		return NUMBER_IN(object, dtq);
	case TTW_MBX:
		return NUMBER_IN(object, mbx);
	case TTW_MTX:
		return NUMBER_IN(object, mtx);
	case TTW_MPF:
		return NUMBER_IN(object, mpf);
	default:
		return 0;
	}
}

static void look_at_task(ID id, struct unitron_object *object)
{
	const struct task *task = task_of(id);

	object->state = task == kernel.running && task->state == TTS_RDY ? TTS_RUN : task->state;
	object->wait_kind = task->state & TTS_WAI ? task->wait_kind : 0;
	object->wait_id = object->wait_kind ? wait_id(task->wait_kind, task->wait_object) : 0;
	object->priority = task->pri;
	object->base_priority = task->base_pri;
	object->stack_size = kernel_task_init[id - 1].stksz;
}

#define WAITERS(kind) waiters(kernel_##kind, sizeof(kernel_##kind[0]), id)

static void look(unsigned int kind, ID id, struct unitron_object *object)
{
	switch (kind) {
	case UNITRON_TASK:
		look_at_task(id, object);
		break;
	case UNITRON_SEMAPHORE_OBJECT:
		object->value = kernel_sem[id - 1].count;
		object->limit = kernel_sem[id - 1].max;
		object->waiters = WAITERS(sem);
		break;
	case UNITRON_EVENTFLAG_OBJECT:
		object->value = kernel_flg[id - 1].pattern;
		object->waiters = WAITERS(flg);
		break;
	case UNITRON_DATAQUEUE_OBJECT:
		object->value = kernel_dtq[id - 1].count;
		object->limit = kernel_dtq[id - 1].capacity;
		object->waiters = WAITERS(dtq);
		break;
	case UNITRON_MAILBOX_OBJECT:
		object->value = kernel_mbx[id - 1].levels || kernel_mbx[id - 1].list.first;
		object->waiters = WAITERS(mbx);
		break;
	case UNITRON_MUTEX_OBJECT:
		object->value = kernel_task_id(kernel_mtx[id - 1].owner);
		object->waiters = WAITERS(mtx);
		break;
	case UNITRON_MEMPOOL_OBJECT:
		object->value = kernel_mpf[id - 1].free;
		object->limit = kernel_mpf[id - 1].blocks;
		object->waiters = WAITERS(mpf);
		break;
	case UNITRON_CYCLIC_OBJECT:
		object->value = kernel_cyc[id - 1].started;
		object->limit = kernel_cyc_init[id - 1].cyctim;
		break;
	default:
		object->value = timer_registered(&kernel_alm[id - 1].event);
		break;
	}
}

static const char *name_of(unsigned int kind, ID id)
{
	switch (kind) {
	case UNITRON_TASK:
		return kernel_task_init[id - 1].name;
	case UNITRON_SEMAPHORE_OBJECT:
		return kernel_sem_init[id - 1].name;
	case UNITRON_EVENTFLAG_OBJECT:
		return kernel_flg_init[id - 1].name;
	case UNITRON_DATAQUEUE_OBJECT:
		return kernel_dtq_init[id - 1].name;
	case UNITRON_MAILBOX_OBJECT:
		return kernel_mbx_init[id - 1].name;
	case UNITRON_MUTEX_OBJECT:
		return kernel_mtx_init[id - 1].name;
	case UNITRON_MEMPOOL_OBJECT:
		return kernel_mpf_init[id - 1].name;
	case UNITRON_CYCLIC_OBJECT:
		return kernel_cyc_init[id - 1].name;
	default:
		return kernel_alm_init[id - 1].name;
	}
}

static ID count_of(unsigned int kind)
{
	const ID counts[] = {
		kernel_task_count, kernel_sem_count, kernel_flg_count, kernel_dtq_count, kernel_mbx_count,
		kernel_mtx_count, kernel_mpf_count, kernel_cyc_count, kernel_alm_count,
	};

	return counts[kind - UNITRON_TASK];
}

unsigned int inspect_count(void)
{
	unsigned int count = 0;

	for (unsigned int kind = UNITRON_TASK; kind <= UNITRON_ALARM_OBJECT; kind++)
		count += count_of(kind);
	return count;
}

static bool alike(const struct unitron_object *a, const struct unitron_object *b)
{
	return a->state == b->state && a->wait_kind == b->wait_kind && a->wait_id == b->wait_id && a->priority == b->priority &&
	       a->base_priority == b->base_priority && a->waiters == b->waiters && a->value == b->value && a->limit == b->limit;
}

void inspect_object(unsigned int index, struct unitron_object *object)
{
	unsigned int kind = UNITRON_TASK;

	while (index >= (unsigned int)count_of(kind))
		index -= count_of(kind++);
	*object = (struct unitron_object){ .kind = kind, .id = index + 1 };
	name_copy(object->name, name_of(kind, index + 1));
	look(kind, index + 1, object);
	for (int reading = 1; reading < READINGS; reading++) {
		struct unitron_object before = *object;

		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		look(kind, index + 1, object);
		if (alike(&before, object))
			break;
	}
}
