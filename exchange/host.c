/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's half of the exchange, without Linux: what a read, a write or a poll of
 * an exported object does to its ring. Every host does it by these functions,
 * so that a device and a socket behave alike. Locks, waiting and copying from
 * and to processes are the host's.
 *
 * Touches far and shared, nothing of the real-time side's.
 */
#include "exchange.h"

/* Of <errno.h>, which a freestanding build has not: the numbers are Linux's ABI */
#define EIO		5
#define EBADF		9
#define EAGAIN		11
#define EINVAL		22
#define EMSGSIZE	90

/* The real-time side sleeps on what was done. */
static inline void wake(struct exchange_object *object, bool wanted)
{
	if (wanted) {
		__atomic_store_n(&exchange.rang, object, __ATOMIC_RELAXED);
		exchange_host_bell(exchange.intno);
	}
}

static void copy_bytes(void *to, const void *from, size_t size)
{
	__builtin_memcpy(to, from, size);
}

/* ---- reading --------------------------------------------------------------- */

static long read_dataqueue(struct exchange_object *object, void *data, size_t size)
{
	bool wanted = false;
	int32_t n = ring_get(&object->far, data, (uint32_t)(size / 8 < RING_COUNT_MAX ? size / 8 : RING_COUNT_MAX), &wanted);

	wake(object, wanted);
	return n > 0 ? n * 8L : n == 0 ? -EAGAIN : -EIO;
}

static long read_mailbox(struct exchange_object *object, void *data, size_t size)
{
	int32_t n = ring_filled(&object->far, 1);
	const uint64_t *slot = ring_slot(&object->far, object->far.own);
	uint64_t bytes;

	if (n <= 0)
		return n == 0 ? -EAGAIN : -EIO;
	bytes = *slot;
	ring_settle();
	if (bytes > object->unit)
		return -EIO;
	if (bytes > size)
		return -EMSGSIZE;
	copy_bytes(data, slot + 1, bytes);
	wake(object, ring_release(&object->far, 1));
	return (long)bytes;
}

static long read_eventflag(struct exchange_object *object, void *data, uint32_t mask)
{
	uint32_t pattern = __atomic_load_n(&object->pattern, __ATOMIC_SEQ_CST);
	bool clear = kernel_flg_init[object->init->excid - 1].flgatr & TA_CLR;
	uint64_t result;

	do {
		if (!(pattern & mask))
			return -EAGAIN;
	} while (clear && !__atomic_compare_exchange_n(&object->pattern, &pattern, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	result = pattern;
	copy_bytes(data, &result, sizeof(result));
	return sizeof(result);
}

static long read_semaphore(struct exchange_object *object, void *data)
{
	int32_t n = ring_filled(&object->far, 1);
	uint64_t one = 1;

	if (n <= 0)
		return n == 0 ? -EAGAIN : -EIO;
	wake(object, ring_release(&object->far, 1));
	copy_bytes(data, &one, sizeof(one));
	return sizeof(one);
}

long exchange_read(struct exchange_object *object, void *data, size_t size, uint32_t mask)
{
	if (object->init->expatr != TA_READ || object->init->exckind == UNITRON_RING)
		return -EBADF;
	if (object->init->exckind == UNITRON_MAILBOX)
		return read_mailbox(object, data, size);
	if (size < 8)
		return -EINVAL;
	switch (object->init->exckind) {
	case UNITRON_DATAQUEUE:
		return read_dataqueue(object, data, size);
	case UNITRON_EVENTFLAG:
		return read_eventflag(object, data, mask);
	default:
		return read_semaphore(object, data);
	}
}

bool exchange_unread(struct exchange_object *object, const void *data)
{
	uint64_t pattern;

	if (object->init->exckind != UNITRON_EVENTFLAG)
		return false;
	copy_bytes(&pattern, data, sizeof(pattern));
	if (kernel_flg_init[object->init->excid - 1].flgatr & TA_CLR)
		__atomic_fetch_or(&object->pattern, (uint32_t)pattern, __ATOMIC_SEQ_CST);
	return true;
}

/* ---- writing --------------------------------------------------------------- */

/* The frequent case, whose length is part of the way to a task */
static long write_datum(struct exchange_object *object, const void *data)
{
	int32_t room = ring_room(&object->far, 1);

	if (__builtin_expect(room <= 0, 0))
		return room == 0 ? -EAGAIN : -EIO;
	copy_bytes(&object->far.slots[object->far.own & (object->far.count - 1)], data, 8);
	wake(object, ring_publish(&object->far, 1));
	return 8;
}

static __attribute__((noinline)) long write_dataqueue(struct exchange_object *object, const void *data, size_t size)
{
	bool wanted = false;
	int32_t n;

	if (size % 8)
		return -EINVAL;
	n = ring_put(&object->far, data, (uint32_t)(size / 8 < RING_COUNT_MAX ? size / 8 : RING_COUNT_MAX), &wanted);
	wake(object, wanted);
	return n > 0 ? n * 8L : n == 0 && size ? -EAGAIN : n == 0 ? 0 : -EIO;
}

static __attribute__((noinline)) long write_mailbox(struct exchange_object *object, const void *data, size_t size)
{
	int32_t room;
	uint64_t *slot;

	if (!size)
		return -EINVAL;
	if (size > object->unit)
		return -EMSGSIZE;
	room = ring_room(&object->far, 1);
	if (room <= 0)
		return room == 0 ? -EAGAIN : -EIO;
	slot = ring_vacant(&object->far, 0);
	slot[0] = size;
	copy_bytes(slot + 1, data, size);
	wake(object, ring_publish(&object->far, 1));
	return (long)size;
}

static __attribute__((noinline)) long write_eventflag(struct exchange_object *object, uint64_t bits)
{
	if (bits > UINT32_MAX)
		return -EINVAL;
	__atomic_fetch_or(&object->pattern, (uint32_t)bits, __ATOMIC_SEQ_CST);
	wake(object, __atomic_load_n(&object->wants, __ATOMIC_SEQ_CST) && __atomic_exchange_n(&object->wants, 0, __ATOMIC_SEQ_CST));
	return 8;
}

static __attribute__((noinline)) long write_semaphore(struct exchange_object *object, uint64_t signals)
{
	int32_t room;

	if (!signals || signals > object->far.count)
		return -EINVAL;
	room = ring_room(&object->far, (uint32_t)signals);
	if (room < 0)
		return -EIO;
	if ((uint64_t)room < signals)
		return -EAGAIN;
	wake(object, ring_publish(&object->far, (uint32_t)signals));
	return 8;
}

long exchange_write(struct exchange_object *object, const void *data, size_t size)
{
	uint64_t value;

	if (object->init->expatr != TA_WRITE || object->init->exckind == UNITRON_RING)
		return -EBADF;
	if (object->init->exckind == UNITRON_DATAQUEUE)
		return size == 8 ? write_datum(object, data) : write_dataqueue(object, data, size);
	if (object->init->exckind == UNITRON_MAILBOX)
		return write_mailbox(object, data, size);
	if (size != 8)
		return -EINVAL;
	copy_bytes(&value, data, sizeof(value));
	return object->init->exckind == UNITRON_EVENTFLAG ? write_eventflag(object, value) : write_semaphore(object, value);
}

/* ---- waiting --------------------------------------------------------------- */

static bool eventflag_ready(struct exchange_object *object, uint32_t mask, bool wish)
{
	if (object->init->expatr == TA_WRITE)
		return true;
	if (__atomic_load_n(&object->pattern, __ATOMIC_SEQ_CST) & mask)
		return true;
	if (!wish)
		return false;
	__atomic_exchange_n(&object->wants, 1, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&object->pattern, __ATOMIC_SEQ_CST) & mask;
}

bool exchange_ready(struct exchange_object *object, uint32_t mask, uint32_t signals, bool wish)
{
	uint32_t wanted = object->init->exckind == UNITRON_SEMAPHORE && signals ? signals : 1;

	if (object->init->exckind == UNITRON_RING)
		return false;			/* its process knows better */
	if (object->init->exckind == UNITRON_EVENTFLAG)
		return eventflag_ready(object, mask, wish);
	/* A ring that is broken is ready: for an error. */
	if (object->init->expatr == TA_READ)
		return ring_filled(&object->far, 1) || (wish && !ring_want_data(&object->far));
	return (uint32_t)ring_room(&object->far, wanted) >= wanted || (wish && !ring_want_room(&object->far, wanted));
}

bool exchange_kicked(struct exchange_object *object)
{
	return __atomic_load_n(&object->kicked, __ATOMIC_ACQUIRE) && __atomic_exchange_n(&object->kicked, 0, __ATOMIC_ACQ_REL);
}

/* ---- rings to map ------------------------------------------------------------ */

void exchange_ring_bell(struct exchange_object *object)
{
	if (!__atomic_exchange_n(&object->rung, 1, __ATOMIC_SEQ_CST))
		wake(object, true);
}

void exchange_ring_open(struct exchange_object *object)
{
	struct unitron_ring *ring = object->rt.ring;
	bool reads = object->init->expatr == TA_READ;
	uint32_t own = __atomic_load_n(&object->rt.own, __ATOMIC_ACQUIRE);
	uint32_t *theirs = reads ? &ring->tail : &ring->head;
	uint32_t between = reads ? own - *theirs : *theirs - own;

	ring->version = UNITRON_EXCHANGE_VERSION;
	ring->size = sizeof(*ring);
	ring->slot_size = object->unit;
	ring->slot_count = object->rt.count;
	if (between > object->rt.count)
		__atomic_store_n(theirs, own, __ATOMIC_RELAXED);
	/* Perhaps not the latest: the exchange task publishes that when it is called. */
	__atomic_store_n(reads ? &ring->head : &ring->tail, own, __ATOMIC_RELEASE);
	__atomic_fetch_add(&object->opened, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&object->rung, 1, __ATOMIC_SEQ_CST);
	wake(object, true);
}

void exchange_state(const struct exchange_object *object, uint32_t *filled, uint32_t *moved, bool *broken)
{
	const struct unitron_ring *ring = object->rt.ring;
	uint32_t head, tail = 0;

	*moved = 0;
	*broken = false;
	if (object->init->exckind == UNITRON_EVENTFLAG) {
		*filled = __atomic_load_n(&object->pattern, __ATOMIC_RELAXED) != 0;
		return;
	}
	/* A tail that stays while the head is read belongs to it. */
	for (int reading = 0; reading < 10; reading++) {
		tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
		head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
		*filled = head - tail;
		if (tail == __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE))
			break;
	}
	*moved = tail;
	*broken = *(const volatile bool *)&object->rt.broken || *(const volatile bool *)&object->far.broken;
	/* What a process has written, or an instant that was missed */
	if (*filled > object->rt.count)
		*filled = object->rt.count;
}

static void copy_name(char *to, const char *from)
{
	size_t i = 0;

	for (; from[i] && i + 1 < UNITRON_NAME_SIZE; i++)
		to[i] = from[i];
	to[i] = '\0';
}

void exchange_info(const struct exchange_object *object, struct unitron_info *info)
{
	*info = (struct unitron_info){
		.version = UNITRON_EXCHANGE_VERSION, .size = sizeof(*info), .kind = object->init->exckind,
		.direction = object->init->expatr == TA_READ ? UNITRON_READ : UNITRON_WRITE,
		.unit = object->unit, .count = object->far.count,
	};
	if (info->kind == UNITRON_RING)
		info->mapped = (uint32_t)RING_BYTES(info->count, info->unit);
	copy_name(info->name, object->init->name);
	copy_name(info->application, kernel_application);
}
