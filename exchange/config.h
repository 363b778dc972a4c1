/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the configurator writes into kernel_cfg.c for VEXP_OBJ and VCRE_RNG: a
 * constant table, exported objects in order of appearance and then rings, a table
 * of control blocks of the same length, and for each kind which number has which
 * control block. An application without any has none of this.
 */
#pragma once

#include <kernel/config.h>
#include <unitron/exchange_app.h>

#include "object.h"

struct exchange_init {			/* VEXP_OBJ, VCRE_RNG */
	const char *name;		/* of the object, and of its file */
	uint32_t exckind;		/* enum unitron_kind */
	ID	excid;
	ATR	expatr;			/* TA_READ or TA_WRITE */
	UINT	expmode;		/* permissions of the file */
	UINT	ringcnt;
	ID	mpfid;			/* mailbox: pool of its messages */
	void	*excring;		/* area of EXCHANGE_RING_xxx bytes, aligned to 64; NULL for event flags, and rings to map */
	SIZE	slotsz;			/* ring to map: bytes of a message */
	ID	flgid;			/* ring to map: the event flag that tells tasks of the other side's doing; 0: none */
	FLGPTN	flgptn;			/* and which bits */
};

/* A slot of a mailbox's ring: the length, then the message of a block of that size. */
#define EXCHANGE_MESSAGE_MAX(blksz)	((blksz) - sizeof(T_MSG_EXC))
#define EXCHANGE_SLOT_MBX(blksz)	(8 + ((EXCHANGE_MESSAGE_MAX(blksz) + 7) & ~(SIZE)7))

#define EXCHANGE_RING_DTQ(ringcnt)	RING_BYTES(ringcnt, 8)
#define EXCHANGE_RING_MBX(ringcnt, blksz) RING_BYTES(ringcnt, EXCHANGE_SLOT_MBX(blksz))
#define EXCHANGE_RING_SEM(ringcnt)	RING_BYTES(0, 0)	/* signals are all alike: the indices say everything */

extern const struct exchange_init exchange_init[];
extern struct exchange_object exchange_object[];
extern const UINT exchange_count;

/* By number - 1: the object's export, NULL if it has none */
extern struct exchange_object *const exchange_of_dtq[];
extern struct exchange_object *const exchange_of_mbx[];
extern struct exchange_object *const exchange_of_flg[];
extern struct exchange_object *const exchange_of_sem[];
extern struct exchange_object *const exchange_of_rng[];
extern const ID exchange_rng_count;

extern const ID exchange_task_id;
