/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What passes between the real-time side and Linux: kicks, bells, and what the
 * exchange task moves. The linker puts these functions between the parts of the
 * exchange (trace.mk), of an application with EXCHANGE = 1. What a task itself
 * puts into a ring is the record of its call.
 */
#include <exchange/exchange.h>
#include "trace.h"

_Static_assert((sizeof(struct exchange_object) & (sizeof(struct exchange_object) - 1)) == 0, "numbers of objects by a shift, below");

/* The object's number, from 1, where the event has it: bits 48 and up. Two instructions, where the obvious way takes five. */
static inline uint64_t id_of(const struct exchange_object *object)
{
	uint64_t offset = (uint64_t)((const char *)object - (const char *)exchange_object) + sizeof(*object);

	return offset * ((1ULL << 48) / sizeof(*object));
}

static inline void put(uint8_t kind, uint64_t id, uint64_t a)
{
	if (trace.header.on)
		trace_put(TRACE_CLOCK(), trace_event(kind, 0, 0) | id, a, 0);
}

/* Any real-time context */
void __real_exchange_host_kick(const struct exchange_object *object);
void __wrap_exchange_host_kick(const struct exchange_object *object);
void __wrap_exchange_host_kick(const struct exchange_object *object)
{
	put(UNITRON_TRACE_KICK, id_of(object), 0);
	__real_exchange_host_kick(object);
}

/* Handler context */
void __real_exchange_bell(VP_INT exinf);
void __wrap_exchange_bell(VP_INT exinf);
void __wrap_exchange_bell(VP_INT exinf)
{
	put(UNITRON_TRACE_BELL, 0, 0);
	__real_exchange_bell(exinf);
}

/* ---- the exchange task ------------------------------------------------------ */

/* What it counts of a pass is not messages: long ones count for more. Its index in the ring is. */
#define WRAP(kind)									\
	UINT __real_exchange_move_##kind(struct exchange_object *object, UINT n);	\
	UINT __wrap_exchange_move_##kind(struct exchange_object *object, UINT n);	\
	UINT __wrap_exchange_move_##kind(struct exchange_object *object, UINT n)	\
	{										\
		uint32_t before = object->rt.own;					\
		UINT result = __real_exchange_move_##kind(object, n);			\
											\
		if (result)								\
			put(UNITRON_TRACE_MOVED, id_of(object), object->rt.own - before); \
		return result;								\
	}

#define WRAP_ONE(kind)									\
	UINT __real_exchange_move_##kind(struct exchange_object *object);		\
	UINT __wrap_exchange_move_##kind(struct exchange_object *object);		\
	UINT __wrap_exchange_move_##kind(struct exchange_object *object)		\
	{										\
		UINT result = __real_exchange_move_##kind(object);			\
											\
		if (result)								\
			put(UNITRON_TRACE_MOVED, id_of(object), result);		\
		return result;								\
	}

WRAP(dataqueue)
WRAP(mailbox)
WRAP(semaphore)
WRAP_ONE(datum)
WRAP_ONE(eventflag)
WRAP_ONE(ring)

/* An initialisation routine: the names of what is exported stand in the header from here on. */
void __real_exchange_initialize(VP_INT intno);
void __wrap_exchange_initialize(VP_INT intno);
void __wrap_exchange_initialize(VP_INT intno)
{
	for (UINT i = 0; i < exchange_count && i + 1 < UNITRON_TRACE_OBJECTS; i++)
		trace_name_copy(trace.header.object[i + 1], exchange_init[i].name);
	__real_exchange_initialize(intno);
}
