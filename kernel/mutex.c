/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutexes (specification 4.5.1): owned by a task, with priority inheritance
 * (TA_INHERIT, transitive) or ceiling (TA_CEILING). The current priority of an
 * owner is computed anew at each unlock, not only at the last. A task whose
 * priority a mutex changes goes before its new equals: it is that task's
 * critical section which somebody waits for.
 * A chain of inheritance is followed iteratively: a step is taken only if a
 * priority changed, so that even a deadlocked ring of tasks ends it.
 */
#include "mutex.h"
#include "wait.h"

#define PROTOCOL(mutex)	((mutex)->init->mtxatr & 0x03U)

static bool mutex_id_valid(ID mtxid)
{
	return (UINT)mtxid - 1 < (UINT)kernel_mtx_count;
}

void kernel_mutex_initialize(void)
{
	ID i;

	for (i = 0; i < kernel_mtx_count; i++) {
		struct mutex *mutex = &kernel_mtx[i];

		mutex->init = &kernel_mtx_init[i];
		mutex->owner = NULL;					/* [MTX-1] */
		waitable_init(&mutex->wait, PROTOCOL(mutex) != TA_TFIFO);	/* [MTX-2] */
	}
}

/* What the invariant in mutex.h says the current priority of task is. */
static PRI priority_of(const struct task *task)
{
	PRI pri = task->base_pri;
	struct kernel_queue *link;

	for (link = task->mutexes.next; link != &task->mutexes; link = link->next) {
		struct mutex *mutex = container_of(link, struct mutex, held);
		struct task *waiter;

		if (PROTOCOL(mutex) == TA_CEILING) {
			if (mutex->init->ceilpri < pri)
				pri = mutex->init->ceilpri;		/* [MTX-7] */
		} else if (PROTOCOL(mutex) == TA_INHERIT) {
			waiter = first_waiter(&mutex->wait);
			if (waiter && waiter->pri < pri)
				pri = waiter->pri;			/* [MTX-5] */
		}
	}
	return pri;
}

static void change_priority(struct task *task, PRI pri, bool first)
{
	if (task->state == TTS_RDY)
		kernel_ready_change(task, pri, first);			/* [MTX-8] */
	else if (task->state & TTS_WAI)
		kernel_wait_change(task, pri);				/* [WAI-3] */
	else
		task->pri = pri;
}

/* The owner of the inheriting mutex that task waits for, or NULL. */
static struct task *heir_of(const struct task *task)
{
	struct mutex *mutex;

	if (!(task->state & TTS_WAI) || task->wait_kind != TTW_MTX)
		return NULL;
	mutex = container_of(task->wait_object, struct mutex, wait);
	return PROTOCOL(mutex) == TA_INHERIT ? mutex->owner : NULL;
}

/* Establish the invariant for task, and for whoever inherits from it: [MTX-6]. */
static void update_priority(struct task *task)
{
	while (task) {
		PRI pri = priority_of(task);

		if (pri == task->pri)
			return;
		change_priority(task, pri, true);
		task = heir_of(task);					/* [MTX-6] */
	}
}

void kernel_mutex_waiter_left(struct waitable *object)
{
	struct mutex *mutex = container_of(object, struct mutex, wait);

	if (PROTOCOL(mutex) == TA_INHERIT && mutex->owner)
		update_priority(mutex->owner);				/* [MTX-9] */
}

static void take(struct mutex *mutex, struct task *task)
{
	mutex->owner = task;						/* [MTX-3] */
	queue_prepend(&task->mutexes, &mutex->held);
}

/* Its owner has let go of mutex, and it is in nobody's list: hand it to the first waiter. */
static void hand_on(struct mutex *mutex)
{
	struct task *next = first_waiter(&mutex->wait);

	if (!next) {
		mutex->owner = NULL;					/* [MTX-10] */
		return;
	}
	/* The new owner's priority is settled before it takes its place in the ready queue. */
	queue_remove(&next->link);
	next->wait_object = NULL;
	take(mutex, next);						/* [MTX-11] */
	next->pri = priority_of(next);
	wait_release(next, E_OK);
}

void kernel_mutex_release_all(struct task *task)
{
	while (!queue_empty(&task->mutexes)) {
		struct mutex *mutex = container_of(task->mutexes.next, struct mutex, held);

		queue_remove(&mutex->held);
		hand_on(mutex);						/* [MTX-12] */
	}
}

bool kernel_mutex_ceiling_allows(const struct task *task, PRI pri)
{
	struct kernel_queue *link;

	if ((task->state & TTS_WAI) && task->wait_kind == TTW_MTX) {
		struct mutex *mutex = container_of(task->wait_object, struct mutex, wait);

		if (PROTOCOL(mutex) == TA_CEILING && pri < mutex->init->ceilpri)
			return false;					/* [MTX-14] */
	}
	for (link = task->mutexes.next; link != &task->mutexes; link = link->next) {
		struct mutex *mutex = container_of(link, struct mutex, held);

		if (PROTOCOL(mutex) == TA_CEILING && pri < mutex->init->ceilpri)
			return false;					/* [MTX-14] */
	}
	return true;
}

void kernel_mutex_change_base(struct task *task, PRI pri)
{
	PRI old = task->pri;

	task->base_pri = pri;
	pri = priority_of(task);
	/* A mutex that holds it where it was leaves its place alone, too. */
	if (pri == old && pri != task->base_pri)
		return;							/* [MTX-15] */
	change_priority(task, pri, false);				/* [TSK-22] */
	if (heir_of(task))
		update_priority(heir_of(task));				/* [MTX-6] */
}

/* The head of the three locking calls: E_OK if self may have mutex, now or later. */
static ER may_lock(const struct mutex *mutex, const struct task *self)
{
	if (mutex->owner == self)
		return E_ILUSE;						/* [MTX-4] */
	if (PROTOCOL(mutex) == TA_CEILING && self->base_pri < mutex->init->ceilpri)
		return E_ILUSE;						/* [MTX-13] */
	return E_OK;
}

/* self locks mutex, which is free. */
static void lock_free(struct mutex *mutex, struct task *self)
{
	take(mutex, self);
	if (PROTOCOL(mutex) == TA_CEILING)
		update_priority(self);					/* [MTX-7] */
}

static ER lock(ID mtxid, TMO tmout)
{
	struct mutex *mutex;
	struct task *self;
	ER result;

	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (!mutex_id_valid(mtxid))
		return E_ID;						/* [CTX-4] */
	if (!tmout_valid(tmout))
		return E_PAR;						/* [CTX-8] */
	mutex = &kernel_mtx[mtxid - 1];
	port_lock();
	self = kernel.running;
	result = may_lock(mutex, self);
	if (result == E_OK) {
		if (!mutex->owner) {
			lock_free(mutex, self);
		} else if (tmout == TMO_POL) {
			result = E_TMOUT;				/* [WAI-6] */
		} else {
			wait_for(&mutex->wait, TTW_MTX, tmout);
			if (PROTOCOL(mutex) == TA_INHERIT)
				update_priority(mutex->owner);		/* [MTX-5] */
			return wait_sleep(NULL);
		}
	}
	leave();
	return result;
}

/*
 * loc_mtx - lock a mutex, waiting as long as another task has it. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_ILUSE: the caller has
 * it already, or its base priority is above the ceiling; E_RLWAI: rel_wai.
 * Specification 4.5.1.
 */
ER loc_mtx(ID mtxid)
{
	return lock(mtxid, TMO_FEVR);
}

/*
 * ploc_mtx - lock a mutex if it is free. Task context; does not block. E_CTX;
 * E_ID; E_ILUSE: as loc_mtx; E_TMOUT: it is not free. Specification 4.5.1.
 */
ER ploc_mtx(ID mtxid)
{
	struct mutex *mutex;
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!mutex_id_valid(mtxid))
		return E_ID;						/* [CTX-4] */
	mutex = &kernel_mtx[mtxid - 1];
	port_lock();
	result = may_lock(mutex, kernel.running);
	if (result == E_OK) {
		if (mutex->owner)
			result = E_TMOUT;				/* [WAI-6] */
		else
			lock_free(mutex, kernel.running);
	}
	leave();
	return result;
}

/*
 * tloc_mtx - loc_mtx with a time-out in time units, TMO_POL or TMO_FEVR. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: bad time-out;
 * E_ILUSE: as loc_mtx; E_TMOUT; E_RLWAI. Specification 4.5.1.
 */
ER tloc_mtx(ID mtxid, TMO tmout)
{
	return lock(mtxid, tmout);
}

/*
 * unl_mtx - unlock a mutex; the first task that waits for it gets it. Mutexes
 * may be unlocked in any order. Task context. E_CTX; E_ID; E_ILUSE: the caller
 * does not have it. Specification 4.5.1.
 */
ER unl_mtx(ID mtxid)
{
	struct mutex *mutex;
	ER result = E_OK;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!mutex_id_valid(mtxid))
		return E_ID;						/* [CTX-4] */
	mutex = &kernel_mtx[mtxid - 1];
	port_lock();
	if (mutex->owner != kernel.running) {
		result = E_ILUSE;					/* [MTX-16] */
	} else {
		queue_remove(&mutex->held);				/* [MTX-10] */
		if (PROTOCOL(mutex) & TA_INHERIT)
			update_priority(kernel.running);		/* [MTX-17] */
		hand_on(mutex);
	}
	leave();
	return result;
}
