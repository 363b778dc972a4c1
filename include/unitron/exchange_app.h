/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For uITRON applications whose objects Linux processes use: attributes of the
 * static API VEXP_OBJ, and the form of messages that cross. The calls are the
 * ordinary ones: snd_dtq, rcv_mbx, ... See docs/design/exchange.md.
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

/* What <exchange/exchange.cfg> names: the exchange's task, its interrupt service routine, its initialisation. */
void	exchange_task(VP_INT batch);
void	exchange_bell(VP_INT exinf);
void	exchange_initialize(VP_INT intno);
