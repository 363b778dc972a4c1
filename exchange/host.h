/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract between the exchange and its host, the Linux that the
 * real-time side runs beside: for the posix port a thread of the same process,
 * for the linux port Linux itself. A port that has a host defines the hooks;
 * one that has none (pc) cannot be built with EXCHANGE = 1. include/unitron/port.h
 * is not changed by any of this.
 *
 * Model. Real-time contexts, as port.h has them, and the *host*: anything that
 * runs beside them, on another CPU too, and that they interrupt anywhere. So
 * neither ever waits for the other. The host serialises its calls for one
 * object by a lock of its own; no real-time context takes it.
 */
#pragma once

#include <unitron/port.h>

#include "object.h"

/* ---- hooks: what the host's sources define -------------------------------- */

/*
 * The exchange is set up for a start: called at kernel_initialize, before any
 * task, at each start. The host may make the objects visible from here on. It
 * makes no call for an object before, nor while this runs.
 */
void	exchange_host_start(void);

/*
 * Memory of size bytes for a ring that processes map, zeroed, aligned to a
 * page, the same at each start. Called at kernel_initialize; where there is none
 * the host ends the application with a message.
 */
void	*exchange_host_memory(const struct exchange_object *object, size_t size);

/*
 * The object's kicked was set: have exchange_kicked() called for every object
 * soon, by the host. Any real-time context, interrupts masked too; must not
 * wait; its length is part of what sending to Linux costs.
 */
void	exchange_host_kick(const struct exchange_object *object);

/*
 * Raise interrupt intno of the application, whose handler is exchange_bell:
 * called by the host, out of the calls below.
 */
void	exchange_host_bell(INTNO intno);

/* ---- what the host calls -------------------------------------------------- */

/*
 * Take data out of a TA_READ object / put data into a TA_WRITE one, as read(2)
 * and write(2) on its device. None waits; each takes a time that the size
 * bounds. mask: the bits of an event flag that count.
 *
 * Bytes that went; -EAGAIN: nothing to take, no room; -EBADF: the wrong
 * direction; -EINVAL: a size that is none of the object's, bits or a number
 * that cannot be; -EMSGSIZE: the message is longer than the object's maximum, or
 * than the buffer: then it stays; -EIO: the ring holds what cannot be.
 */
long	exchange_read(struct exchange_object *object, void *data, size_t size, uint32_t mask);
long	exchange_write(struct exchange_object *object, const void *data, size_t size);

/*
 * What was read went to nobody. True: the object has it again: an event flag sets
 * the bits that TA_CLR had cleared. False: the host keeps it for the next reader.
 */
bool	exchange_unread(struct exchange_object *object, const void *data);

/*
 * Would that call, of a write of this many semaphore signals (else 1), go through? With wish: and if
 * not, the host is kicked when it may. True: it would, the wish is taken back.
 */
bool	exchange_ready(struct exchange_object *object, uint32_t mask, uint32_t signals, bool wish);

/* After exchange_host_kick: was this object meant? Resets it. */
bool	exchange_kicked(struct exchange_object *object);

/*
 * Rings to map, which only their process touches. open: a process begins to use
 * it; nobody else does. What others may have left there is put right, and what
 * they had not taken stays. bell: the process says that it has fulfilled a wish.
 * exchange_kicked tells when the process's own wish is fulfilled.
 */
void	exchange_ring_open(struct exchange_object *object);
void	exchange_ring_bell(struct exchange_object *object);

/* What the object is like. Any context. */
void	exchange_info(const struct exchange_object *object, struct unitron_info *info);

/*
 * How it stands, for people: messages in its ring (event flag: 1 if bits are set),
 * those that were taken out since the start, modulo 2^32 (event flag: 0), and
 * whether the ring is broken, for one side or the other. Any context; read
 * beside both sides, so that each is true, but not of one instant.
 */
void	exchange_state(const struct exchange_object *object, uint32_t *filled, uint32_t *moved, bool *broken);
