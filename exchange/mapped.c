/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings that a process maps: no copy in between, and nobody between the process
 * and the task but the ring. Its far end is the process's own, in its memory; what
 * it writes here may be anything.
 *
 * rt is the calling task's. The exchange task, which may come between at any
 * point, does no more than publish rt.own once more, with interrupts masked:
 * after ring_fill, what own counts is in the slots.
 */
#include "exchange.h"

/* The object, if a call may use it; else NULL and the error. */
static struct exchange_object *find(ID rngid, const void *messages, UINT n, ATR direction, ER *error)
{
	struct exchange_object *object;

	*error = E_CTX;
	if (!exchange_in_task() && !exchange_in_handler())
		return NULL;
	*error = E_ID;
	if ((UINT)rngid - 1 >= (UINT)exchange_rng_count)
		return NULL;
	*error = E_PAR;
	if (!messages || !n)
		return NULL;
	object = exchange_of_rng[rngid - 1];
	*error = E_OBJ;
	return object->init->expatr == direction ? object : NULL;
}

/* A process has opened it since the last call: what the one before has broken is forgotten. */
static inline void look_for_process(struct exchange_object *object)
{
	uint32_t opened = __atomic_load_n(&object->opened, __ATOMIC_ACQUIRE);

	if (__builtin_expect(opened != object->opened_seen, 0)) {
		object->opened_seen = opened;
		ring_resume(&object->rt, object->rt.own, object->init->expatr == TA_READ);
	}
}

static inline ER_UINT result_of(int32_t went)
{
	return went > 0 ? went : went == 0 ? E_TMOUT : E_SYS;
}

ER_UINT vput_rng(ID rngid, const void *messages, UINT n)
{
	bool wake = false;
	int32_t went;
	ER error;
	struct exchange_object *object = find(rngid, messages, n, TA_READ, &error);

	if (!object)
		return error;
	look_for_process(object);
	went = ring_put(&object->rt, messages, n, &wake);
	if (went == 0 && !ring_want_room(&object->rt, 1))
		went = ring_put(&object->rt, messages, n, &wake);
	if (wake)
		exchange_kick(object);
	return result_of(went);
}

ER_UINT vget_rng(ID rngid, void *messages, UINT n)
{
	bool wake = false;
	int32_t came;
	ER error;
	struct exchange_object *object = find(rngid, messages, n, TA_WRITE, &error);

	if (!object)
		return error;
	look_for_process(object);
	came = ring_get(&object->rt, messages, n, &wake);
	if (came == 0 && !ring_want_data(&object->rt))
		came = ring_get(&object->rt, messages, n, &wake);
	if (wake)
		exchange_kick(object);
	return result_of(came);
}

UINT exchange_move_ring(struct exchange_object *object)
{
	uint32_t *ours;

	if (!__atomic_load_n(&object->rung, __ATOMIC_SEQ_CST))
		return 0;
	__atomic_exchange_n(&object->rung, 0, __ATOMIC_SEQ_CST);
	ours = object->init->expatr == TA_READ ? &object->rt.ring->head : &object->rt.ring->tail;
	port_lock();
	__atomic_exchange_n(ours, object->rt.own, __ATOMIC_SEQ_CST);
	port_unlock();
	if (object->init->flgid)
		set_flg(object->init->flgid, object->init->flgptn);
	return 1;
}
