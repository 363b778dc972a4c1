/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The exchange task: moves data between the rings and the application's
 * objects, both ways, by ordinary service calls. It sleeps until something
 * calls it: the bell from Linux, a call of the application's that left something
 * to move, or one that made room where there was none.
 *
 * A pass ends when nothing moves any more, or after a batch of messages; then
 * the task waits for the next millisecond, so that a flood leaves the tasks
 * below it their time. Each object gets its share of a pass in turn.
 */
#include "exchange.h"

struct exchange exchange;

static UINT next_object;		/* where the next pass begins */

void exchange_wake(void)
{
	ER er;

	if (exchange.pending)
		return;
	exchange.pending = true;
	er = kernel.in_handler ? iwup_tsk(exchange_task_id) : wup_tsk(exchange_task_id);
	/* With the CPU locked nothing was done. */
	if (er != E_OK && er != E_QOVR)
		exchange.pending = false;
}

/* Its length is part of the way to a task. */
void exchange_bell(VP_INT exinf)
{
	if (exchange.pending)
		return;
	exchange.pending = true;
	iwup_tsk(exchange_task_id);
}

static UINT move(struct exchange_object *object, UINT n)
{
	switch (object->init->exckind) {
	case UNITRON_DATAQUEUE:
		return exchange_move_dataqueue(object, n);
	case UNITRON_MAILBOX:
		return exchange_move_mailbox(object, n);
	case UNITRON_EVENTFLAG:
		return exchange_move_eventflag(object);
	case UNITRON_RING:
		return exchange_move_ring(object);
	default:
		return exchange_move_semaphore(object, n);
	}
}

/* Have Linux ring when there is something in this object. False: there is already. */
static bool may_sleep(struct exchange_object *object)
{
	if (object->init->exckind == UNITRON_RING)
		return !__atomic_load_n(&object->rung, __ATOMIC_SEQ_CST);
	if (object->init->expatr == TA_READ)
		return true;			/* who sends calls the task */
	if (object->init->exckind == UNITRON_EVENTFLAG) {
		__atomic_exchange_n(&object->wants, 1, __ATOMIC_SEQ_CST);
		return !__atomic_load_n(&object->pattern, __ATOMIC_SEQ_CST);
	}
	/* Who makes room for what is stuck calls; what comes behind it need not. */
	return object->stuck || ring_want_data(&object->rt);
}

/* False: the batch is used up. */
static bool pass(UINT batch)
{
	UINT share = batch / exchange_count + 1;
	UINT left = batch, moved;
	bool sleep;

	do {
		moved = 0;
		sleep = true;
		exchange.stuck = false;
		for (UINT i = 0; i < exchange_count && moved < left; i++) {
			struct exchange_object *object = &exchange_object[next_object];

			next_object = next_object + 1 == exchange_count ? 0 : next_object + 1;
			object->stuck = false;
			moved += move(object, share < left - moved ? share : left - moved);
		}
		if (moved >= left)
			return false;
		left -= moved;
		if (!moved)
			for (UINT i = 0; i < exchange_count; i++)
				sleep &= may_sleep(&exchange_object[i]);
	} while (moved || !sleep);
	return true;
}

/* Is somebody on his way into a queue whose ring has room? Then nobody else calls the task. */
static bool must_look_again(void)
{
	for (UINT i = 0; i < exchange_count; i++)
		if (exchange_object[i].inside && !exchange_object[i].waits_for_room)
			return true;
	return false;
}

void exchange_task(VP_INT batch)
{
	for (;;) {
		exchange.pending = false;
		exchange_move_datum(__atomic_load_n(&exchange.rang, __ATOMIC_RELAXED));
		while (!pass((UINT)batch))
			dly_tsk(MSEC(1) - 1);
		if (must_look_again())
			tslp_tsk(MSEC(1));
		else
			slp_tsk();
	}
}

static void object_initialize(struct exchange_object *object, const struct exchange_init *init)
{
	uint32_t slot_size = 8, count = init->ringcnt;
	void *memory = init->excring;

	*object = (struct exchange_object){ .init = init, .unit = 8 };
	switch (init->exckind) {
	case UNITRON_EVENTFLAG:
		if (init->expatr == TA_READ)
			object->pattern = kernel_flg_init[init->excid - 1].iflgptn;
		return;
	case UNITRON_SEMAPHORE:
		slot_size = 0;
		count = kernel_sem_init[init->excid - 1].maxsem;
		break;
	case UNITRON_MAILBOX:
		object->unit = (uint32_t)EXCHANGE_MESSAGE_MAX(kernel_mpf_init[init->mpfid - 1].blksz);
		slot_size = (uint32_t)EXCHANGE_SLOT_MBX(kernel_mpf_init[init->mpfid - 1].blksz);
		break;
	case UNITRON_RING:
		object->unit = slot_size = (uint32_t)init->slotsz;
		memory = exchange_host_memory(object, RING_BYTES(count, slot_size));
		break;
	}
	ring_create(memory, count, slot_size);
	ring_attach(&object->rt, memory, count, slot_size);
	ring_attach(&object->far, memory, count, slot_size);
	/* Processes find the signals that a semaphore begins with. */
	if (init->exckind == UNITRON_SEMAPHORE && init->expatr == TA_READ)
		ring_publish(&object->rt, kernel_sem_init[init->excid - 1].isemcnt);
}

void exchange_initialize(VP_INT intno)
{
	exchange = (struct exchange){ .intno = (INTNO)intno, .rang = exchange_object };
	next_object = 0;
	for (UINT i = 0; i < exchange_count; i++)
		object_initialize(&exchange_object[i], &exchange_init[i]);
	exchange_host_start();
}
