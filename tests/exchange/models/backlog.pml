/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of data to Linux through a full ring, as exchange/dataqueue.c has it:
 * two tasks that send, the exchange task, and Linux, which receives. Tasks may be
 * preempted anywhere but where interrupts are masked (atomic); the second sender
 * may be ended in the middle of its call. Checked: the data of each sender
 * come in order, those of calls that have returned all come, nobody hangs. If
 * backlog is reset without a look at slow (-DNO_SLOW), or the exchange task does
 * not look by itself (-DNO_POLL), the checker must find it.
 */
#define N	2		/* data of each sender */

/* While somebody is in his call the exchange task looks once a millisecond; looking in vain changes nothing. */
#ifdef NO_POLL
#define POLL	false
#else
#define POLL	(inside > 0 && !waits_for_room && nempty(queue))
#endif

chan ring = [1] of { byte };
chan queue = [1] of { byte };	/* the kernel's: who finds it full waits */
bool backlog, waits_for_room, wants_room, called;
byte slow, inside;
byte sent[2], received[2];	/* by calls that have returned; by Linux */
byte senders = 2;

inline call_task()
{
	if
	:: !waits_for_room -> called = true
	:: else
	fi
}

proctype sender(byte me; bool mortal)
{
	byte n;
	bool fast;

	do
	:: n < N ->
		atomic {
			fast = !backlog && nfull(ring);
			if
			:: fast -> ring ! me * 16 + n
			:: else -> backlog = true; slow++; inside++
			fi
		}
		if
		:: fast
		:: else ->
			call_task();
			queue ! me * 16 + n;
			if
			:: mortal -> break		/* ended here, by ter_tsk */
			:: true
			fi;
			atomic { backlog = true; slow++; inside-- }
			call_task()
		fi;
		n++;
		sent[me] = n
	:: else -> break
	od;
	senders--
}

active proctype exchange()
{
	byte datum, seen;

end:	do
	:: called || POLL ->
		called = false;
		waits_for_room = false;
		if
		:: inside > 0 -> backlog = true
		:: else
		fi;
		do
		:: !backlog -> break
		:: backlog ->
			if
			:: full(ring) ->
				waits_for_room = true;
				wants_room = true;
				if
				:: full(ring) -> break
				:: nfull(ring) -> waits_for_room = false
				fi
			:: nfull(ring)
			fi;
			seen = slow;
			if
			:: queue ? datum -> ring ! datum
			:: empty(queue) ->
				atomic {
					if
#ifdef NO_SLOW
					:: true -> backlog = false
#else
					:: slow == seen -> backlog = false
					:: slow != seen
#endif
					fi
				}
				break
			fi
		od
	od
}

active proctype reader()
{
	byte datum;

end:	do
	:: ring ? datum ->
		assert(datum % 16 == received[datum / 16]);
		received[datum / 16]++;
		if
		:: wants_room -> wants_room = false; called = true
		:: else
		fi
	od
}

/* When nothing moves any more */
active proctype judge()
{
	timeout -> assert(senders == 0 && received[0] == N && received[1] >= sent[1])
}

init
{
	run sender(0, false);
	run sender(1, true)
}
