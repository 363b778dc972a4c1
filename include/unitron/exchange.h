/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The exchange between a uITRON application and Linux processes: what both
 * sides must agree on. Read by the real-time half (exchange/), by its host (the
 * posix port, Linux modules) and by libunitron. docs/design/exchange.md
 * explains it; programs use <unitron.h> and not this.
 *
 * Every structure begins with version and size. Who receives one of another
 * version, or of a smaller size than he knows of that version, refuses it.
 */
#pragma once

#ifdef __KERNEL__
#include <linux/ioctl.h>
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#define UNITRON_EXCHANGE_VERSION	1
#define UNITRON_DIRECTORY	"/dev/unitron"	/* a device for each object, by its name */
#define UNITRON_NAME_SIZE	64		/* of an object or an application, with the terminator */

/* What an object is. Data go one way in each: */
enum unitron_kind {
	UNITRON_DATAQUEUE = 1,		/* data of 8 bytes in native order */
	UNITRON_MAILBOX,		/* messages of at most info.unit bytes */
	UNITRON_EVENTFLAG,		/* 8 bytes: bits; those that come before somebody looks are one pattern */
	UNITRON_SEMAPHORE,		/* 8 bytes: a number of signals; read: always 1 */
	UNITRON_RING,			/* a struct unitron_ring to map, for one process at a time: messages of info.unit bytes;
					   read: 8 bytes, how often this side's wish was fulfilled since the last read */
};

enum unitron_direction {
	UNITRON_READ = 1,		/* from real-time tasks: processes read */
	UNITRON_WRITE,			/* to real-time tasks: processes write */
};

/* What an object is like: constant from start to start of the application. */
struct unitron_info {
	uint16_t version;
	uint16_t size;
	uint32_t kind;			/* enum unitron_kind */
	uint32_t direction;		/* enum unitron_direction */
	uint32_t unit;			/* bytes of a datum, of the longest message, of a slot */
	uint32_t count;			/* how many the ring holds; semaphore: the maximum */
	uint32_t mapped;		/* ring: bytes to map */
	char	 name[UNITRON_NAME_SIZE];
	char	 application[UNITRON_NAME_SIZE];
};

/* One instant on two clocks. */
struct unitron_clock {
	uint16_t version;
	uint16_t size;
	uint32_t uncertainty;		/* ns: monotonic was read at most so long before or after */
	uint64_t realtime;		/* ns of the real-time side's clock (vget_cyc) */
	uint64_t monotonic;		/* ns of CLOCK_MONOTONIC */
};

/*
 * A ring of messages from one producer to one consumer, neither of which
 * trusts the other: each keeps its own index in memory of its own, publishes it
 * here, and takes the other's for a claim. An index counts messages, modulo
 * 2^32; message n is in slot n modulo slot_count.
 *
 * An index is published by an exchange instruction, and the other's wish is
 * looked at after that; who goes to sleep writes his wish by one, and looks at
 * the other's index after that. So one of the two sees the other, and nobody
 * sleeps beside a full (empty) ring. tests/exchange/models checks it.
 */
struct unitron_ring {
	uint16_t version;		/* this line is constant */
	uint16_t size;			/* of this header: the first slot is there */
	uint32_t slot_size;		/* bytes, a multiple of 8 */
	uint32_t slot_count;		/* a power of 2 */
	uint32_t reserved[13];

	uint32_t head;			/* producer's: messages put in */
	uint32_t wants_room;		/* it sleeps until there is room; reset by the consumer, who wakes it */
	uint32_t reserved_producer[14];

	uint32_t tail;			/* consumer's: messages taken out */
	uint32_t wants_data;		/* it sleeps until there are data; reset by the producer, who wakes it */
	uint32_t reserved_consumer[14];
};

/* ---- ioctl of the devices ------------------------------------------------ */

/* UNITRON_NOTIFY: how the calling process is told that the object has become ready; each replaces the one before. */
struct unitron_notify {
	uint16_t version;
	uint16_t size;
	uint32_t how;			/* enum unitron_notify_how */
	int32_t	 descriptor;		/* UNITRON_NOTIFY_EVENTFD: an eventfd, to which 1 is added */
	int32_t	 signal;		/* UNITRON_NOTIFY_SIGNAL: its number, queued with si_code SI_QUEUE, ... */
	int32_t	 value;			/* ... and this si_int */
};

enum unitron_notify_how {
	UNITRON_NOTIFY_NONE,
	UNITRON_NOTIFY_EVENTFD,
	UNITRON_NOTIFY_SIGNAL,
};

#define UNITRON_INFO	_IOR('U', 0x01, struct unitron_info)
#define UNITRON_CLOCK	_IOR('U', 0x02, struct unitron_clock)
#define UNITRON_NOTIFY	_IOW('U', 0x03, struct unitron_notify)
#define UNITRON_MASK	_IOW('U', 0x04, uint64_t)	/* event flag: the bits that this open file waits for; at first all */
#define UNITRON_BELL	_IO('U', 0x05)			/* ring: the other side's wish was reset, wake it */

/* ---- the posix port's socket --------------------------------------------- */

/*
 * In place of a device there is a socket, SOCK_SEQPACKET, of the object's name
 * in the directory unitron of the user's runtime directory. A process sends a
 * request with its data behind it and gets one reply, likewise; one request at
 * a time. Between replies comes UNITRON_READY: the object has become ready since
 * the last reply, so that poll(2) works as on the device.
 */
enum unitron_operation {
	UNITRON_OP_INFO = 1,		/* reply: struct unitron_info */
	UNITRON_OP_READ,		/* argument: most bytes */
	UNITRON_OP_WRITE,		/* data; argument: their bytes */
	UNITRON_OP_CANCEL,		/* end a request that waits: its reply comes if it had none; has none of its own */
	UNITRON_OP_CLOCK,		/* reply: struct unitron_clock */
	UNITRON_OP_NOTIFY,		/* data: struct unitron_notify, the eventfd as descriptor of the message */
	UNITRON_OP_MASK,		/* argument: the mask */
	UNITRON_OP_MAP,			/* ring: from now on this process's; the reply comes with a descriptor to map; EBUSY: another's */
	UNITRON_OP_BELL,		/* ring: the other side's wish was reset, wake it; no reply */
};

#define UNITRON_WAIT		1u	/* request flag: do not fail with EAGAIN, wait */

struct unitron_request {
	uint16_t version;
	uint16_t size;			/* of this structure: data behind it */
	uint32_t operation;		/* enum unitron_operation */
	uint32_t flags;
	uint32_t reserved;
	uint64_t argument;
};

enum unitron_reply_type {
	UNITRON_REPLY = 1,		/* to the request */
	UNITRON_READY,
};

struct unitron_reply {
	uint16_t version;
	uint16_t size;			/* of this structure: data behind it */
	uint32_t type;			/* enum unitron_reply_type */
	int64_t	 result;		/* bytes read or written, 0, or -errno */
};

#define UNITRON_MESSAGE_MAX	65528	/* bytes of a message, of a mailbox or a ring */
#define UNITRON_DATA_MAX	65536	/* bytes of data behind a request or a reply */
