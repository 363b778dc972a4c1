/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exported mailboxes. Messages cross by copy, T_MSG_EXC on the real-time side,
 * a length and data in a slot of the ring; the exchange task copies both ways,
 * so that the sender's time does not depend on the message's length.
 *
 * TA_WRITE: each message takes a block of the pool; without a free one the
 * messages wait in the ring. TA_READ: the block is given back; without room in
 * the ring the messages wait in the mailbox, in its order.
 */
#include "exchange.h"

#define WORDS_A_MOVE	8		/* a longer message counts for more of a pass */

ER	__real_snd_mbx(ID mbxid, T_MSG *pk_msg);
ER	__real_rel_mpf(ID mpfid, VP blk);

ER	__wrap_snd_mbx(ID mbxid, T_MSG *pk_msg);
ER	__wrap_rel_mpf(ID mpfid, VP blk);

_Static_assert(sizeof(T_MSG_EXC) % 8 == 0, "data begin at a multiple of 8");

ER __wrap_snd_mbx(ID mbxid, T_MSG *pk_msg)
{
	struct exchange_object *object = exchange_exported(exchange_of_mbx, kernel_mbx_count, mbxid, TA_READ);
	ER result = __real_snd_mbx(mbxid, pk_msg);

	if (object && result == E_OK && !object->waits_for_room)
		exchange_wake();
	return result;
}

ER __wrap_rel_mpf(ID mpfid, VP blk)
{
	ER result = __real_rel_mpf(mpfid, blk);

	exchange_made_room();
	return result;
}

static inline uint32_t words_of(uint32_t bytes)
{
	return (bytes + 7) / 8;
}

/* What lies behind the data of the last word was never written: no old contents go to a process. */
static void copy_out(uint64_t *slot, const UB *data, uint32_t bytes)
{
	uint32_t whole = bytes / 8;
	uint64_t last = 0;

	slot[0] = bytes;
	ring_copy(slot + 1, (const uint64_t *)data, whole);
	if (bytes % 8) {
		for (uint32_t i = 0; i < bytes % 8; i++)
			last |= (uint64_t)data[whole * 8 + i] << (8 * i);
		slot[1 + whole] = last;
	}
}

/* A message of the ring into a block, and into the mailbox. False: there is no block. */
static bool send(struct exchange_object *object)
{
	const struct exchange_init *init = object->init;
	const uint64_t *slot = ring_slot(&object->rt, object->rt.own);
	uint32_t bytes;
	T_MSG_EXC *message;
	VP block;

	while (pget_mpf(init->mpfid, &block) != E_OK)
		if (exchange_is_stuck(object))
			return false;
	message = block;
	bytes = (uint32_t)*slot;
	ring_settle();
	if (bytes > object->unit)
		bytes = object->unit;
	message->head.msgpri = kernel_mbx_init[init->excid - 1].maxmpri;
	message->size = bytes;
	ring_copy((uint64_t *)message->data, slot + 1, bytes / 8);
	for (uint32_t i = bytes & ~7U; i < bytes; i++)
		message->data[i] = ((const UB *)(slot + 1))[i];
	__real_snd_mbx(init->excid, &message->head.msgque);
	return true;
}

static UINT move_in(struct exchange_object *object, UINT n)
{
	UINT moved = 0;

	while (moved < n && ring_filled(&object->rt, 1) > 0) {
		if (!send(object))
			break;
		if (ring_release(&object->rt, 1))
			exchange_kick(object);
		moved += 1 + object->unit / (8 * WORDS_A_MOVE);
	}
	return moved;
}

static UINT move_out(struct exchange_object *object, UINT n)
{
	const struct exchange_init *init = object->init;
	UINT moved = 0;
	T_MSG *received;

	object->waits_for_room = false;
	while (moved < n) {
		T_MSG_EXC *message;
		uint32_t bytes;

		if (!exchange_has_room(object))
			return moved;
		if (prcv_mbx(init->excid, &received) != E_OK)
			return moved;
		message = (T_MSG_EXC *)received;
		bytes = message->size < object->unit ? message->size : object->unit;
		copy_out(ring_vacant(&object->rt, 0), message->data, bytes);
		if (ring_publish(&object->rt, 1))
			exchange_kick(object);
		if (__wrap_rel_mpf(init->mpfid, message) != E_OK)
			vlog("%s: a message to Linux is no block of its pool", init->name);
		moved += 1 + words_of(bytes) / WORDS_A_MOVE;
	}
	return moved;
}

UINT exchange_move_mailbox(struct exchange_object *object, UINT n)
{
	return object->init->expatr == TA_WRITE ? move_in(object, n) : move_out(object, n);
}
