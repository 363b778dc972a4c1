/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The indices and wishes of exchange/ring.h, on CPUs whose stores wait in a
 * buffer (x86). Checked: nobody sleeps for ever, all messages come, and the
 * consumer never sees more than were put in. Where an index (-DPLAIN_INDEX) or a
 * wish (-DPLAIN_WISH) is published by a plain store, or a sleeper does not look
 * again (-DNO_LOOK), the checker must find the lost wake-up.
 */
#define N	4		/* messages */
#define SLOTS	2

#define HEAD		0	/* written by the producer */
#define WANTS_ROOM	1	/* set by the producer, reset by both */
#define TAIL		2	/* written by the consumer */
#define WANTS_DATA	3	/* set by the consumer, reset by both */

byte memory[4];
bool bell_data, bell_room;
chan producer_stores = [2] of { byte, byte };
chan consumer_stores = [2] of { byte, byte };

/* An exchange instruction waits for the stores before it and is not delayed itself. */
#define EXCHANGE(stores, at, value)	atomic { empty(stores) -> memory[at] = value }

#ifdef PLAIN_INDEX
#define INDEX(stores, at, value)	stores ! at, value
#else
#define INDEX(stores, at, value)	EXCHANGE(stores, at, value)
#endif

#ifdef PLAIN_WISH
#define WISH(stores, at)		stores ! at, 1
#else
#define WISH(stores, at)		EXCHANGE(stores, at, 1)
#endif

/* Look at the other side's wish; who takes it back wakes. */
inline look(stores, at, bell)
{
	if
	:: memory[at] == 1 ->
		if
		:: atomic { empty(stores) && memory[at] == 1 -> memory[at] = 0; bell = true }
		:: atomic { empty(stores) && memory[at] == 0 -> skip }
		fi
	:: else
	fi
}

inline wait_unless(condition, stores, at, bell)
{
	WISH(stores, at);
#ifdef NO_LOOK
	bell -> bell = false
#else
	if
	:: condition -> stores ! at, 0
	:: else -> bell -> bell = false
	fi
#endif
}

proctype commit(chan stores)
{
	byte at, value;

end:	do
	:: atomic { stores ? at, value -> memory[at] = value; at = 0; value = 0 }
	od
}

active proctype producer()
{
	byte own, seen;

	do
	:: own == N -> break
	:: own < N ->
		seen = memory[TAIL];
		if
		:: own - seen < SLOTS ->
			own++;
			if	/* perhaps two at once */
			:: own < N && own - seen < SLOTS -> own++
			:: skip
			fi;
			INDEX(producer_stores, HEAD, own);
			look(producer_stores, WANTS_DATA, bell_data)
		:: else -> wait_unless(own - memory[TAIL] != SLOTS, producer_stores, WANTS_ROOM, bell_room)
		fi
	od
}

active proctype consumer()
{
	byte own, seen;

	do
	:: own == N -> break
	:: own < N ->
		seen = memory[HEAD];
		assert(seen >= own && seen - own <= SLOTS);
		if
		:: seen != own ->
			own++;
			if
			:: own < seen -> own++
			:: skip
			fi;
			INDEX(consumer_stores, TAIL, own);
			look(consumer_stores, WANTS_ROOM, bell_room)
		:: else -> wait_unless(memory[HEAD] != own, consumer_stores, WANTS_DATA, bell_data)
		fi
	od
}

init
{
	run commit(producer_stores);
	run commit(consumer_stores)
}
