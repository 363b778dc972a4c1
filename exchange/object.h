/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control block of an exported object. Its parts have different owners, on
 * cache lines of their own:
 *
 *	rt	the real-time side, interrupts masked or the exchange task alone
 *	far	Linux's half, serialised by the host
 *	shared	both, by atomic operations only
 *
 * The ring itself has one producer and one consumer, whichever the direction.
 */
#pragma once

#include "ring.h"

struct exchange_init;

struct exchange_object {
	const struct exchange_init *init;
	uint32_t unit;			/* bytes of a datum or of the longest message */
	struct ring_end rt;
	bool	 backlog;		/* TA_READ: data may be in the kernel's queue, later ones queue up behind them */
	bool	 waits_for_room;	/* TA_READ: Linux will ring when it has made room */
	bool	 stuck;			/* TA_WRITE: the kernel's object takes no more for now */
	uint32_t slow;			/* counts what could make backlog true */
	uint32_t opened_seen;		/* ring to map: opened, at the last call */
	uint32_t inside;		/* tasks that are in the kernel's call, or were ended in it */

	_Alignas(64) struct ring_end far;

	_Alignas(64) uint32_t pattern;	/* event flag: TA_READ: what processes see; TA_WRITE: bits on their way */
	uint32_t wants;			/* event flag: the one who takes bits sleeps until there are some */
	uint32_t opened;		/* ring to map: how often a process has begun to use it */
	uint32_t rung;			/* ring to map: the process has fulfilled this side's wish, or has come */
	uint32_t kicked;		/* TA_READ: has become ready, TA_WRITE: has room again, since Linux wished to know */
};
