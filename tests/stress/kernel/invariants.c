/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invariants of docs/design/kernel.md, computed the slow way from the
 * kernel's own data: the one program that looks inside the kernel.
 */
#include "stress.h"

#include <kernel/schedule.h>
#include <kernel/tables.h>

/* The first invariant that is found broken */
static const char *broken;
static ID broken_id;

#define HOLDS(condition, id)	\
	do {			\
		if (!(condition) && !broken) {	\
			broken = #condition;	\
			broken_id = (id);	\
		}		\
	} while (0)

static struct task *task_at(struct kernel_queue *link)
{
	return container_of(link, struct task, link);
}

/* Is link in this ring, and is the ring sound? */
static bool in_ring(const struct kernel_queue *head, const struct kernel_queue *link)
{
	const struct kernel_queue *at;
	unsigned int length = 0;
	bool found = false;

	for (at = head->next; at != head; at = at->next) {
		HOLDS(at->next->prev == at && at->prev->next == at, 0);
		HOLDS(length < 1000, 0);
		if (++length > 1000)
			return false;
		found = found || at == link;
	}
	return found;
}

/* The tasks of a queue wait for it, and in its order. */
static void check_queue(struct waitable *object, ID id)
{
	struct kernel_queue *at;
	struct task *before = NULL;

	for (at = object->waiters.next; at != &object->waiters; at = at->next) {
		struct task *task = task_at(at);

		HOLDS(task->state & TTS_WAI, id);
		HOLDS(task->wait_object == object, id);
		HOLDS(!object->by_priority || !before || before->pri <= task->pri, id);
		before = task;
	}
}

static PRI due_priority(const struct task *task)
{
	PRI pri = task->base_pri;
	struct kernel_queue *at;
	ID i;

	for (i = 0; i < kernel_mtx_count; i++) {
		struct mutex *mutex = &kernel_mtx[i];
		ATR protocol = mutex->init->mtxatr & 3;

		if (mutex->owner != task)
			continue;
		if (protocol == TA_CEILING && mutex->init->ceilpri < pri)
			pri = mutex->init->ceilpri;
		for (at = mutex->wait.waiters.next; protocol == TA_INHERIT && at != &mutex->wait.waiters; at = at->next)
			pri = task_at(at)->pri < pri ? task_at(at)->pri : pri;
	}
	return pri;
}

static void check_waiting_task(struct task *task, ID id)
{
	if (task->wait_object)
		HOLDS(in_ring(&task->wait_object->waiters, &task->link), id);
	else
		HOLDS(task->wait_kind == TTW_SLP || task->wait_kind == TTW_DLY, id);
	HOLDS(task->wait_kind != TTW_DLY || timer_registered(&task->timer), id);
}

static void check_task(struct task *task, ID id)
{
	STAT state = task->state;
	ID i;

	HOLDS(state == TTS_RDY || state == TTS_WAI || state == TTS_SUS || state == TTS_WAS || state == TTS_DMT, id);
	HOLDS((task->suscnt != 0) == !!(state & TTS_SUS), id);
	HOLDS((state == TTS_RDY) == in_ring(&kernel_ready.level[task->pri], &task->link), id);
	HOLDS(task->tex_due == (task->tex_enabled && task->texptn), id);
	if (state & TTS_WAI)
		check_waiting_task(task, id);
	else
		HOLDS(!timer_registered(&task->timer), id);
	if (state == TTS_DMT) {
		HOLDS(queue_empty(&task->mutexes), id);
		return;
	}
	HOLDS(task->pri == due_priority(task), id);
	for (i = 0; i < kernel_mtx_count; i++)
		HOLDS((kernel_mtx[i].owner == task) == in_ring(&task->mutexes, &kernel_mtx[i].held), id);
}

static void check_ready_queue(void)
{
	PRI pri;

	for (pri = TMIN_TPRI; pri <= TMAX_TPRI; pri++)
		HOLDS((kernel_ready.levels >> pri & 1) == !queue_empty(&kernel_ready.level[pri]), pri);
	HOLDS(kernel.scheduled == ready_first(), 0);
	HOLDS(!kernel.running || kernel.running->state == TTS_RDY, 0);
}

static bool nobody(const struct waitable *object)
{
	return queue_empty(&object->waiters);
}

static void check_mailbox(struct mailbox *mbx, ID id)
{
	PRI level, levels = mbx->init->mbxatr & TA_MPRI ? mbx->init->maxmpri : 1;

	check_queue(&mbx->wait, id);
	HOLDS(!mbx->levels || nobody(&mbx->wait), id);
	for (level = 0; level < levels; level++)
		HOLDS((mbx->levels >> level & 1) == (mbx->lists[level].first != NULL), id);
}

/* Nobody waits for what is there. */
static void check_objects(void)
{
	ID i;

	for (i = 0; i < kernel_sem_count; i++) {
		check_queue(&kernel_sem[i].wait, i + 1);
		HOLDS(kernel_sem[i].count <= kernel_sem[i].max, i + 1);
		HOLDS(!kernel_sem[i].count || nobody(&kernel_sem[i].wait), i + 1);
	}
	for (i = 0; i < kernel_flg_count; i++)
		check_queue(&kernel_flg[i].wait, i + 1);
	for (i = 0; i < kernel_dtq_count; i++) {
		struct dataqueue *dtq = &kernel_dtq[i];

		check_queue(&dtq->send, i + 1);
		check_queue(&dtq->receive, i + 1);
		HOLDS(!dtq->count || nobody(&dtq->receive), i + 1);
		HOLDS(dtq->count == dtq->capacity || nobody(&dtq->send), i + 1);
		HOLDS(nobody(&dtq->send) || nobody(&dtq->receive), i + 1);
	}
	for (i = 0; i < kernel_mbx_count; i++)
		check_mailbox(&kernel_mbx[i], i + 1);
	for (i = 0; i < kernel_mpf_count; i++) {
		check_queue(&kernel_mpf[i].wait, i + 1);
		HOLDS(!kernel_mpf[i].free || nobody(&kernel_mpf[i].wait), i + 1);
	}
	for (i = 0; i < kernel_mtx_count; i++) {
		check_queue(&kernel_mtx[i].wait, i + 1);
		HOLDS(kernel_mtx[i].owner || nobody(&kernel_mtx[i].wait), i + 1);
	}
}

static void check_flag_waiters(void)
{
	ID i;

	for (i = 0; i < kernel_task_count; i++) {
		struct task *task = &kernel_task[i];
		FLGPTN pattern, wanted = task->wait_pattern;

		if (!(task->state & TTS_WAI) || task->wait_kind != TTW_FLG)
			continue;
		pattern = container_of(task->wait_object, struct eventflag, wait)->pattern;
		HOLDS(task->wait_mode == TWF_ORW ? !(pattern & wanted) : (pattern & wanted) != wanted, i + 1);
	}
}

static void check_time_events(void)
{
	UINT registered = 0, i;
	ID id;

	for (i = 0; i < kernel_timer_queue.count; i++) {
		HOLDS(kernel_timer_heap[i]->position == i + 1, (ID)i);
		HOLDS(kernel_timer_heap[i ? (i - 1) / 2 : 0]->due <= kernel_timer_heap[i]->due, (ID)i);
	}
	for (id = 0; id < kernel_task_count; id++)
		registered += timer_registered(&kernel_task[id].timer);
	for (id = 0; id < kernel_cyc_count; id++)
		registered += timer_registered(&kernel_cyc[id].event);
	for (id = 0; id < kernel_alm_count; id++)
		registered += timer_registered(&kernel_alm[id].event);
	HOLDS(registered == kernel_timer_queue.count, 0);
}

const char *invariant_broken(ID *id)
{
	ID i;

	broken = NULL;
	check_ready_queue();
	for (i = 0; i < kernel_task_count; i++)
		check_task(&kernel_task[i], i + 1);
	check_objects();
	check_flag_waiters();
	check_time_events();
	*id = broken_id;
	return broken;
}
