/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data queues (specification 4.4.3). A datum goes straight to a waiting
 * receiver, else to the buffer, else its sender waits with it in wait_value.
 */
#include "dataqueue.h"
#include "wait.h"

static inline bool dtq_id_valid(ID dtqid)
{
	return (UINT)dtqid - 1 < (UINT)kernel_dtq_count;
}

void kernel_dataqueue_initialize(void)
{
	ID i;

	for (i = 0; i < kernel_dtq_count; i++) {
		const struct dtq_init *init = &kernel_dtq_init[i];
		struct dataqueue *dtq = &kernel_dtq[i];

		waitable_init(&dtq->send, init->dtqatr & TA_TPRI);	/* [DTQ-2] */
		waitable_init(&dtq->receive, false);			/* [DTQ-3] */
		dtq->buffer = init->dtq;
		dtq->capacity = init->dtqcnt;
		dtq->count = 0;						/* [DTQ-1] */
		dtq->first = 0;
		dtq->free = 0;
	}
}

static inline void buffer_put(struct dataqueue *dtq, VP_INT data)
{
	dtq->buffer[dtq->free] = data;
	dtq->free = dtq->free + 1 == dtq->capacity ? 0 : dtq->free + 1;
	dtq->count++;
}

static inline VP_INT buffer_get(struct dataqueue *dtq)
{
	VP_INT data = dtq->buffer[dtq->first];

	dtq->first = dtq->first + 1 == dtq->capacity ? 0 : dtq->first + 1;
	dtq->count--;
	return data;
}

/* Give data to a waiting receiver; false: there is none. */
static inline bool hand_over(struct dataqueue *dtq, VP_INT data)
{
	struct task *receiver = first_waiter(&dtq->receive);

	if (!receiver)
		return false;
	receiver->wait_value = data;					/* [DTQ-4] */
	wait_release(receiver, E_OK);
	return true;
}

/* Send without waiting; E_TMOUT: the buffer is full. */
static inline ER dtq_send(struct dataqueue *dtq, VP_INT data)
{
	if (hand_over(dtq, data))
		return E_OK;
	if (dtq->count == dtq->capacity)
		return E_TMOUT;						/* [WAI-6] */
	buffer_put(dtq, data);						/* [DTQ-5] */
	return E_OK;
}

/* Receive without waiting; E_TMOUT: there is nothing. */
static inline ER dtq_receive(struct dataqueue *dtq, VP_INT *data)
{
	struct task *sender = first_waiter(&dtq->send);

	if (dtq->count) {
		*data = buffer_get(dtq);				/* [DTQ-7] */
		if (sender)
			buffer_put(dtq, sender->wait_value);		/* [DTQ-8] */
	} else if (sender) {
		*data = sender->wait_value;				/* [DTQ-9] */
	} else {
		return E_TMOUT;						/* [WAI-6] */
	}
	if (sender)
		wait_release(sender, E_OK);				/* [DTQ-8] [DTQ-9] */
	return E_OK;
}

static inline ER send(ID dtqid, VP_INT data, TMO tmout)
{
	struct dataqueue *dtq;
	ER result;

	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (!dtq_id_valid(dtqid))
		return E_ID;						/* [CTX-4] */
	if (!tmout_valid(tmout))
		return E_PAR;						/* [CTX-8] */
	dtq = &kernel_dtq[dtqid - 1];
	port_lock();
	result = dtq_send(dtq, data);
	if (result == E_TMOUT && tmout != TMO_POL) {			/* [WAI-6] */
		kernel.running->wait_value = data;
		wait_for(&dtq->send, TTW_SDTQ, tmout);			/* [DTQ-6] */
		return wait_sleep(NULL);
	}
	leave();
	return result;
}

/*
 * snd_dtq - send a datum, waiting while the buffer is full. Task context,
 * dispatching enabled; blocks. E_CTX; E_ID; E_RLWAI: rel_wai. Specification
 * 4.4.3.
 */
ER snd_dtq(ID dtqid, VP_INT data)
{
	return send(dtqid, data, TMO_FEVR);
}

/*
 * psnd_dtq - send a datum if a task waits for it or the buffer has room. Task
 * context; does not block. E_CTX; E_ID; E_TMOUT: no room. Specification 4.4.3.
 */
ER psnd_dtq(ID dtqid, VP_INT data)
{
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!dtq_id_valid(dtqid))
		return E_ID;						/* [CTX-4] */
	port_lock();
	result = dtq_send(&kernel_dtq[dtqid - 1], data);
	leave();
	return result;
}

/*
 * ipsnd_dtq - psnd_dtq for handlers. E_CTX; E_ID; E_TMOUT. Specification
 * 4.4.3.
 */
ER ipsnd_dtq(ID dtqid, VP_INT data)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!dtq_id_valid(dtqid))
		return E_ID;						/* [CTX-4] */
	return dtq_send(&kernel_dtq[dtqid - 1], data);
}

/*
 * tsnd_dtq - snd_dtq with a time-out in time units, TMO_POL or TMO_FEVR. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: bad time-out;
 * E_TMOUT; E_RLWAI. Specification 4.4.3.
 */
ER tsnd_dtq(ID dtqid, VP_INT data, TMO tmout)
{
	return send(dtqid, data, tmout);
}

/* Send by force: senders that wait are passed, the oldest element may go. */
static inline ER force(struct dataqueue *dtq, VP_INT data)
{
	if (!dtq->capacity)
		return E_ILUSE;						/* [DTQ-10] */
	if (hand_over(dtq, data))
		return E_OK;
	if (dtq->count == dtq->capacity)
		buffer_get(dtq);					/* [DTQ-11] */
	buffer_put(dtq, data);						/* [DTQ-11] */
	return E_OK;
}

/*
 * fsnd_dtq - send a datum; if the buffer is full it takes the place of the
 * oldest. Task context; does not block. E_CTX; E_ID; E_ILUSE: the queue has no
 * buffer. Specification 4.4.3.
 */
ER fsnd_dtq(ID dtqid, VP_INT data)
{
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!dtq_id_valid(dtqid))
		return E_ID;						/* [CTX-4] */
	port_lock();
	result = force(&kernel_dtq[dtqid - 1], data);
	leave();
	return result;
}

/*
 * ifsnd_dtq - fsnd_dtq for handlers. E_CTX; E_ID; E_ILUSE. Specification
 * 4.4.3.
 */
ER ifsnd_dtq(ID dtqid, VP_INT data)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!dtq_id_valid(dtqid))
		return E_ID;						/* [CTX-4] */
	return force(&kernel_dtq[dtqid - 1], data);
}

static inline ER receive(ID dtqid, VP_INT *p_data, TMO tmout)
{
	struct dataqueue *dtq;
	VP_INT data;
	ER result;

	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (!dtq_id_valid(dtqid))
		return E_ID;						/* [CTX-4] */
	if (!p_data || !tmout_valid(tmout))
		return E_PAR;						/* [CTX-7] [CTX-8] */
	dtq = &kernel_dtq[dtqid - 1];
	port_lock();
	result = dtq_receive(dtq, &data);
	if (result == E_TMOUT && tmout != TMO_POL) {			/* [WAI-6] */
		wait_for(&dtq->receive, TTW_RDTQ, tmout);		/* [DTQ-12] */
		result = wait_sleep(&data);
	} else {
		leave();
	}
	if (result == E_OK)
		*p_data = data;
	return result;
}

/*
 * rcv_dtq - receive the oldest datum, waiting for one while there is none.
 * Task context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: p_data is
 * NULL; E_RLWAI: rel_wai. Specification 4.4.3.
 */
ER rcv_dtq(ID dtqid, VP_INT *p_data)
{
	return receive(dtqid, p_data, TMO_FEVR);
}

/*
 * prcv_dtq - receive the oldest datum if there is one. Task context; does not
 * block. E_CTX; E_ID; E_PAR: p_data is NULL; E_TMOUT: there is none.
 * Specification 4.4.3.
 */
ER prcv_dtq(ID dtqid, VP_INT *p_data)
{
	VP_INT data;
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!dtq_id_valid(dtqid))
		return E_ID;						/* [CTX-4] */
	if (!p_data)
		return E_PAR;						/* [CTX-7] */
	port_lock();
	result = dtq_receive(&kernel_dtq[dtqid - 1], &data);
	leave();
	if (result == E_OK)
		*p_data = data;
	return result;
}

/*
 * trcv_dtq - rcv_dtq with a time-out in time units, TMO_POL or TMO_FEVR. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: p_data is NULL,
 * bad time-out; E_TMOUT; E_RLWAI. Specification 4.4.3.
 */
ER trcv_dtq(ID dtqid, VP_INT *p_data, TMO tmout)
{
	return receive(dtqid, p_data, tmout);
}
