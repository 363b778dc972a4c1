/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exported data queues.
 *
 * TA_WRITE: the exchange task sends what is in the ring by psnd_dtq.
 *
 * TA_READ: a datum goes straight into the ring, in the sender's own context, and
 * the uITRON queue stays empty. Only when the ring is full does it get data, by
 * the kernel's own call with all its rules (waiting, E_TMOUT, overwriting);
 * from then on, while backlog is set, all data take that way, and the exchange
 * task moves them to the ring in their order.
 *
 * When may backlog be reset? When the queue is empty and nobody is on his way
 * into it. Who goes there counts slow before and after his call; the task reads
 * slow, finds the queue empty, and resets backlog if slow is still the same. A
 * call that has begun but not put its datum by then has not returned: others
 * may pass it. A task that is ended in its call leaves its datum, and inside as it
 * was: while somebody is inside the exchange task looks once a millisecond.
 * tests/exchange/models/backlog.pml is about this.
 */
#include "exchange.h"

ER	__real_snd_dtq(ID dtqid, VP_INT data);
ER	__real_psnd_dtq(ID dtqid, VP_INT data);
ER	__real_ipsnd_dtq(ID dtqid, VP_INT data);
ER	__real_tsnd_dtq(ID dtqid, VP_INT data, TMO tmout);
ER	__real_fsnd_dtq(ID dtqid, VP_INT data);
ER	__real_ifsnd_dtq(ID dtqid, VP_INT data);
ER	__real_rcv_dtq(ID dtqid, VP_INT *p_data);
ER	__real_prcv_dtq(ID dtqid, VP_INT *p_data);
ER	__real_trcv_dtq(ID dtqid, VP_INT *p_data, TMO tmout);

ER	__wrap_snd_dtq(ID dtqid, VP_INT data);
ER	__wrap_psnd_dtq(ID dtqid, VP_INT data);
ER	__wrap_ipsnd_dtq(ID dtqid, VP_INT data);
ER	__wrap_tsnd_dtq(ID dtqid, VP_INT data, TMO tmout);
ER	__wrap_fsnd_dtq(ID dtqid, VP_INT data);
ER	__wrap_ifsnd_dtq(ID dtqid, VP_INT data);
ER	__wrap_rcv_dtq(ID dtqid, VP_INT *p_data);
ER	__wrap_prcv_dtq(ID dtqid, VP_INT *p_data);
ER	__wrap_trcv_dtq(ID dtqid, VP_INT *p_data, TMO tmout);

static inline struct exchange_object *exported(ID dtqid)
{
	return exchange_exported(exchange_of_dtq, kernel_dtq_count, dtqid, TA_READ);
}

/* Masked. False: it must take the slow way. */
static inline bool put(struct exchange_object *object, VP_INT data)
{
	if (object->backlog || ring_room(&object->rt, 1) <= 0) {
		object->backlog = true;
		object->slow++;
		object->inside++;
		return false;
	}
	ring_fill(&object->rt, 0, &data);
	if (ring_publish(&object->rt, 1))
		exchange_kick(object);
	return true;
}

/*
 * On the slow way: the task looks whether the ring has room again. Called
 * before the kernel's call too, which may wait.
 */
static __attribute__((noinline)) void call_task(const struct exchange_object *object)
{
	if (!object->waits_for_room)
		exchange_wake();
}

static inline bool put_from_task(struct exchange_object *object, VP_INT data)
{
	bool done;

	port_lock();
	done = put(object, data);
	port_unlock();
	if (__builtin_expect(!done, 0))
		call_task(object);
	return done;
}

/* After the slow way, with the kernel's result: there may be a datum in the queue. */
static __attribute__((noinline)) ER slow_from_task(struct exchange_object *object, ER result)
{
	port_lock();
	object->backlog = true;
	object->slow++;
	object->inside--;
	port_unlock();
	call_task(object);
	return result;
}

static __attribute__((noinline)) ER slow_from_handler(struct exchange_object *object, ER result)
{
	object->backlog = true;
	object->slow++;
	object->inside--;
	call_task(object);
	return result;
}

ER __wrap_snd_dtq(ID dtqid, VP_INT data)
{
	struct exchange_object *object = exported(dtqid);

	if (!object || !exchange_in_task_dispatching())
		return __real_snd_dtq(dtqid, data);
	if (put_from_task(object, data))
		return E_OK;
	return slow_from_task(object, __real_snd_dtq(dtqid, data));
}

ER __wrap_psnd_dtq(ID dtqid, VP_INT data)
{
	struct exchange_object *object = exported(dtqid);

	if (!object || !exchange_in_task())
		return __real_psnd_dtq(dtqid, data);
	if (put_from_task(object, data))
		return E_OK;
	return slow_from_task(object, __real_psnd_dtq(dtqid, data));
}

ER __wrap_tsnd_dtq(ID dtqid, VP_INT data, TMO tmout)
{
	struct exchange_object *object = exported(dtqid);

	if (!object || !exchange_in_task_dispatching() || tmout < TMO_FEVR)
		return __real_tsnd_dtq(dtqid, data, tmout);
	if (put_from_task(object, data))
		return E_OK;
	return slow_from_task(object, __real_tsnd_dtq(dtqid, data, tmout));
}

/* The oldest of those that are still on the real-time side goes: what is in the ring is Linux's. */
ER __wrap_fsnd_dtq(ID dtqid, VP_INT data)
{
	struct exchange_object *object = exported(dtqid);

	if (!object || !exchange_in_task())
		return __real_fsnd_dtq(dtqid, data);
	if (put_from_task(object, data))
		return E_OK;
	return slow_from_task(object, __real_fsnd_dtq(dtqid, data));
}

ER __wrap_ipsnd_dtq(ID dtqid, VP_INT data)
{
	struct exchange_object *object = exported(dtqid);

	if (!object || !exchange_in_handler())
		return __real_ipsnd_dtq(dtqid, data);
	if (put(object, data))
		return E_OK;
	return slow_from_handler(object, __real_ipsnd_dtq(dtqid, data));
}

ER __wrap_ifsnd_dtq(ID dtqid, VP_INT data)
{
	struct exchange_object *object = exported(dtqid);

	if (!object || !exchange_in_handler())
		return __real_ifsnd_dtq(dtqid, data);
	if (put(object, data))
		return E_OK;
	return slow_from_handler(object, __real_ifsnd_dtq(dtqid, data));
}

ER __wrap_rcv_dtq(ID dtqid, VP_INT *p_data)
{
	ER result = __real_rcv_dtq(dtqid, p_data);

	exchange_made_room();
	return result;
}

ER __wrap_prcv_dtq(ID dtqid, VP_INT *p_data)
{
	ER result = __real_prcv_dtq(dtqid, p_data);

	exchange_made_room();
	return result;
}

ER __wrap_trcv_dtq(ID dtqid, VP_INT *p_data, TMO tmout)
{
	ER result = __real_trcv_dtq(dtqid, p_data, tmout);

	exchange_made_room();
	return result;
}

/* ---- the exchange task ---------------------------------------------------- */

/*
 * One datum of the data queue that rang, if it is one, before the pass and all that it
 * looks at: the task that waits for it may be more urgent than this one.
 */
UINT exchange_move_datum(struct exchange_object *object)
{
	const struct exchange_init *init = object->init;
	VP_INT data;

	if (init->exckind != UNITRON_DATAQUEUE || init->expatr != TA_WRITE || ring_filled(&object->rt, 1) <= 0)
		return 0;
	data = (VP_INT)object->rt.slots[object->rt.own & (object->rt.count - 1)];
	ring_settle();
	if (__real_psnd_dtq(init->excid, data) != E_OK)
		return 0;
	if (ring_release(&object->rt, 1))
		exchange_kick(object);
	return 1;
}

static UINT move_in(struct exchange_object *object, UINT n)
{
	int32_t filled = ring_filled(&object->rt, n);
	UINT moved = 0;
	ER er;

	if (filled <= 0)
		return 0;
	if (n > (UINT)filled)
		n = (UINT)filled;
	while (moved < n) {
		VP_INT data = (VP_INT)*ring_slot(&object->rt, object->rt.own + moved);

		ring_settle();
		er = __real_psnd_dtq(object->init->excid, data);
		if (er == E_OK)
			moved++;
		else if (exchange_is_stuck(object))
			break;
	}
	if (moved && ring_release(&object->rt, moved))
		exchange_kick(object);
	return moved;
}

/* A datum of the queue goes to the ring, which has room. False: there was none. */
static bool move_one_out(struct exchange_object *object)
{
	VP_INT data;
	bool wake;

	if (__real_prcv_dtq(object->init->excid, &data) != E_OK)
		return false;
	port_lock();
	ring_fill(&object->rt, 0, &data);
	wake = ring_publish(&object->rt, 1);
	port_unlock();
	if (wake)
		exchange_kick(object);
	return true;
}

static UINT move_out(struct exchange_object *object, UINT n)
{
	UINT moved = 0;
	uint32_t slow;

	object->waits_for_room = false;
	if (object->inside)
		object->backlog = true;
	for (; moved < n && object->backlog; moved++) {
		if (!exchange_has_room(object))
			return moved;
		slow = *(volatile uint32_t *)&object->slow;
		if (move_one_out(object))
			continue;
		port_lock();
		if (object->slow == slow)
			object->backlog = false;
		port_unlock();
		break;
	}
	return moved;
}

UINT exchange_move_dataqueue(struct exchange_object *object, UINT n)
{
	return object->init->expatr == TA_WRITE ? move_in(object, n) : move_out(object, n);
}
