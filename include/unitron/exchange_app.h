/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For uITRON applications whose objects Linux processes use: attributes of the
 * static API VEXP_OBJ, the form of messages that cross, and rings. For exported
 * objects the calls are the ordinary ones: snd_dtq, rcv_mbx, ... See docs/design/exchange.md.
 */
#pragma once

#include <itron/kernel.h>

#define TA_READ		0x01U		/* processes read what tasks and handlers send */
#define TA_WRITE	0x02U		/* processes write what tasks receive */

/*
 * A message of an exported mailbox, at the beginning of a block of the pool that
 * VEXP_OBJ names. Who has received one gives its block back by rel_mpf; of one
 * sent to Linux the exchange does that. The longest message has the block's size
 * without this head; what comes from Linux is never longer. msgpri counts with
 * TA_MPRI; what comes from Linux has the mailbox's maxmpri.
 */
typedef struct t_msg_exc {
	T_MSG_PRI head;
	UINT	size;			/* bytes of data; one that is too large is cut */
	UINT	reserved;
	UB	data[];
} T_MSG_EXC;

/*
 * Rings, made by VCRE_RNG, which one process maps: for many messages. vput_rng
 * puts up to n of them, slotsz bytes each, into a ring with TA_READ, vget_rng
 * takes up to n out of one with TA_WRITE. Task or handler, CPU not locked;
 * neither blocks. One task or handler at a time uses a ring. Messages are aligned to 8.
 *
 * How many went, 1 at least. E_TMOUT: none; when there is room again, or a
 * message, the ring's event flag is set. E_ID; E_CTX; E_PAR: n is 0, messages is
 * NULL; E_OBJ: the ring goes the other way; E_SYS: the process has written what
 * cannot be: the ring is of no use until a process opens it anew, when the event
 * flag is set.
 */
ER_UINT	vput_rng(ID rngid, const void *messages, UINT n);
ER_UINT	vget_rng(ID rngid, void *messages, UINT n);

/* What <exchange/exchange.cfg> names: the exchange's task, its interrupt service routine, its initialisation. */
void	exchange_task(VP_INT batch);
void	exchange_bell(VP_INT exinf);
void	exchange_initialize(VP_INT intno);
