/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mailboxes (specification 4.4.4): messages go by reference, and the kernel
 * uses their first word as a link from send to receive. A message goes
 * straight to a waiting task, in wait_value. Sending and receiving take the
 * same few instructions whatever the number of messages, TA_MPRI too.
 */
#include "mailbox.h"
#include "wait.h"

_Static_assert(sizeof(struct message_list) == 2 * sizeof(VP), "TSZ_MPRIHD counts two pointers a priority");
_Static_assert(TMAX_MPRI <= 64, "levels has a bit for each message priority");

static inline bool mbx_id_valid(ID mbxid)
{
	return (UINT)mbxid - 1 < (UINT)kernel_mbx_count;
}

void kernel_mailbox_initialize(void)
{
	ID i;
	PRI pri;

	for (i = 0; i < kernel_mbx_count; i++) {
		const struct mbx_init *init = &kernel_mbx_init[i];
		struct mailbox *mbx = &kernel_mbx[i];
		bool by_priority = init->mbxatr & TA_MPRI;

		waitable_init(&mbx->wait, init->mbxatr & TA_TPRI);	/* [MBX-2] */
		mbx->init = init;
		mbx->lists = by_priority ? init->mprihd : &mbx->list;
		mbx->levels = 0;					/* [MBX-1] */
		for (pri = 0; pri < (by_priority ? init->maxmpri : 1); pri++)
			mbx->lists[pri].first = NULL;
	}
}

/* index: message priority - 1, or 0. */
static inline void put(struct mailbox *mbx, PRI index, T_MSG *message)
{
	struct message_list *list = &mbx->lists[index];

	message->next = NULL;
	if (list->first)
		list->last->next = message;
	else
		list->first = message;
	list->last = message;						/* [MBX-4] [MBX-5] */
	mbx->levels |= (UD)1 << index;
}

/* The message that is first to go, or NULL. */
static inline T_MSG *get(struct mailbox *mbx)
{
	struct message_list *list;
	T_MSG *message;

	if (!mbx->levels)
		return NULL;
	list = &mbx->lists[__builtin_ctzll(mbx->levels)];		/* [MBX-5] */
	message = list->first;
	list->first = message->next;
	if (!list->first)
		mbx->levels &= mbx->levels - 1;
	return message;
}

/*
 * snd_mbx - send a message, which belongs to the kernel until it is received:
 * a T_MSG, or with TA_MPRI a T_MSG_PRI, at its beginning. Task context; does
 * not block. E_CTX; E_ID; E_PAR: pk_msg is NULL, or with TA_MPRI its priority
 * is not TMIN_MPRI..maxmpri. Specification 4.4.4.
 */
ER snd_mbx(ID mbxid, T_MSG *pk_msg)
{
	struct mailbox *mbx;
	struct task *receiver;
	PRI pri = TMIN_MPRI;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!mbx_id_valid(mbxid))
		return E_ID;						/* [CTX-4] */
	if (!pk_msg)
		return E_PAR;						/* [CTX-7] */
	mbx = &kernel_mbx[mbxid - 1];
	if (mbx->init->mbxatr & TA_MPRI) {
		pri = ((T_MSG_PRI *)pk_msg)->msgpri;
		if (pri < TMIN_MPRI || pri > mbx->init->maxmpri)
			return E_PAR;					/* [MBX-6] */
	}
	port_lock();
	receiver = first_waiter(&mbx->wait);
	if (receiver) {
		receiver->wait_value = (VP_INT)pk_msg;			/* [MBX-3] */
		wait_release(receiver, E_OK);
	} else {
		put(mbx, pri - TMIN_MPRI, pk_msg);
	}
	leave();
	return E_OK;
}

static inline ER receive(ID mbxid, T_MSG **ppk_msg, TMO tmout)
{
	struct mailbox *mbx;
	T_MSG *message;
	VP_INT value;
	ER result = E_OK;

	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (!mbx_id_valid(mbxid))
		return E_ID;						/* [CTX-4] */
	if (!ppk_msg || !tmout_valid(tmout))
		return E_PAR;						/* [CTX-7] [CTX-8] */
	mbx = &kernel_mbx[mbxid - 1];
	port_lock();
	message = get(mbx);						/* [MBX-7] */
	if (!message && tmout != TMO_POL) {
		wait_for(&mbx->wait, TTW_MBX, tmout);			/* [MBX-8] */
		result = wait_sleep(&value);
		message = (T_MSG *)value;
	} else {
		if (!message)
			result = E_TMOUT;				/* [WAI-6] */
		leave();
	}
	if (result == E_OK)
		*ppk_msg = message;
	return result;
}

/*
 * rcv_mbx - receive a message, waiting for one while there is none. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: ppk_msg is NULL;
 * E_RLWAI: rel_wai. Specification 4.4.4.
 */
ER rcv_mbx(ID mbxid, T_MSG **ppk_msg)
{
	return receive(mbxid, ppk_msg, TMO_FEVR);
}

/*
 * prcv_mbx - receive a message if there is one. Task context; does not block.
 * E_CTX; E_ID; E_PAR: ppk_msg is NULL; E_TMOUT: there is none. Specification
 * 4.4.4.
 */
ER prcv_mbx(ID mbxid, T_MSG **ppk_msg)
{
	T_MSG *message;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!mbx_id_valid(mbxid))
		return E_ID;						/* [CTX-4] */
	if (!ppk_msg)
		return E_PAR;						/* [CTX-7] */
	port_lock();
	message = get(&kernel_mbx[mbxid - 1]);				/* [MBX-7] */
	leave();
	if (!message)
		return E_TMOUT;						/* [WAI-6] */
	*ppk_msg = message;
	return E_OK;
}

/*
 * trcv_mbx - rcv_mbx with a time-out in time units, TMO_POL or TMO_FEVR. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: ppk_msg is NULL,
 * bad time-out; E_TMOUT; E_RLWAI. Specification 4.4.4.
 */
ER trcv_mbx(ID mbxid, T_MSG **ppk_msg, TMO tmout)
{
	return receive(mbxid, ppk_msg, tmout);
}
