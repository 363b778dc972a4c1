/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the sources of the exchange's real-time half. It is a layer above
 * the uITRON kernel: it calls services, as an application does, and looks at
 * nothing of the kernel's but its tables of initial values (kernel/config.h).
 * Calls of the application's on exported objects come here first: the linker
 * puts __wrap_xxx in the place of xxx, and here __real_xxx is the kernel's own.
 *
 * rt, backlog, slow and ring wishes of objects are touched with interrupts
 * masked, or by the exchange task where nobody else touches them (TA_WRITE, mailboxes).
 */
#pragma once

#include "config.h"
#include "host.h"

struct exchange {
	INTNO	intno;			/* of the bell */
	struct exchange_object *rang;	/* the object that rang last; written by Linux's half, atomic */
	bool	pending;		/* the exchange task will make a pass */
	bool	stuck;			/* something waits for room in the kernel's objects, a count or a block */
};
extern struct exchange exchange;

/* Have the exchange task make a pass. Any context; nothing happens with the CPU locked. */
void	exchange_wake(void);

/*
 * Before a pass: one datum to the data queue that rang, in the direction TA_WRITE;
 * 0 if the object is none, or nothing went. The exchange task, interrupts unmasked.
 */
UINT	exchange_move_datum(struct exchange_object *object);

/*
 * One object's turn in a pass: move at most n messages, of which long ones count
 * for several; returns how many went, counted so. The exchange task, interrupts
 * unmasked.
 */
UINT	exchange_move_dataqueue(struct exchange_object *object, UINT n);
UINT	exchange_move_mailbox(struct exchange_object *object, UINT n);
UINT	exchange_move_eventflag(struct exchange_object *object);
UINT	exchange_move_semaphore(struct exchange_object *object, UINT n);
UINT	exchange_move_ring(struct exchange_object *object);

/* Where calls for tasks are allowed; where a call may block; where the i-calls are. As in the kernel. */
static inline bool exchange_in_task(void)
{
	return !kernel.in_handler && !kernel.cpu_locked;
}

static inline bool exchange_in_task_dispatching(void)
{
	return exchange_in_task() && !kernel.dispatch_disabled;
}

static inline bool exchange_in_handler(void)
{
	return kernel.in_handler && !kernel.cpu_locked;
}

/* The export of number id in a table of exchange_of_xxx, if it goes in this direction; else NULL. */
static inline struct exchange_object *exchange_exported(struct exchange_object *const *table, ID count, ID id, ATR direction)
{
	struct exchange_object *object = (UINT)id - 1 < (UINT)count ? table[id - 1] : NULL;

	return object && object->init->expatr == direction ? object : NULL;
}

/*
 * The exchange task: has the ring to Linux room for one more? If not, Linux will
 * ring when there is some (waits_for_room), unless it has broken the ring.
 */
static inline bool exchange_has_room(struct exchange_object *object)
{
	if (ring_room(&object->rt, 1) > 0)
		return true;
	object->waits_for_room = true;
	if (ring_want_room(&object->rt, 1))
		return false;
	object->waits_for_room = false;
	return ring_room(&object->rt, 1) > 0;
}

/* Linux wants to know that object has changed. Any context. */
static inline void exchange_kick(struct exchange_object *object)
{
	__atomic_store_n(&object->kicked, 1, __ATOMIC_RELEASE);
	exchange_host_kick(object);
}

/* Something was taken out of a kernel's object, or given back: what was stuck may go on. Any context. */
static inline void exchange_made_room(void)
{
	if (__builtin_expect(exchange.stuck, 0))
		exchange_wake();
}

/*
 * The kernel's object took nothing. False: try once more, since room that was
 * made before stuck was set woke nobody; true: leave it, the one who makes room
 * will wake the task.
 */
static inline bool exchange_is_stuck(struct exchange_object *object)
{
	bool before = exchange.stuck;

	object->stuck = true;
	exchange.stuck = true;
	__asm__ volatile("" ::: "memory");
	return before;
}
