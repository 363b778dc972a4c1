/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CPU lock of lkl's kernel/cpu.c: who asks sets a bit and then tries the
 * lock, who releases looks afterwards; the keeper arms itself without the lock.
 * Stores wait in a buffer, but for the atomic operations. Checked: an interrupt
 * that was asked for is taken, and the keeper does not sleep beyond the nearest
 * deadline. Without the looks (-DNO_LOOK) or with a plain store of what the
 * keeper sleeps until (-DPLAIN_ARM) the checker must find the loss.
 */
#define FAR	3

bool lock, pending, token;	/* token: the keeper was unparked */
byte deadline = FAR, keeper_until = FAR;
byte taken, asked, done;
bool asleep;
chan holder_stores = [1] of { byte };	/* to deadline; the unlock is an exchange and waits for them */
chan keeper_stores = [1] of { byte };	/* to keeper_until */

proctype commit()
{
end:	do
	:: atomic { nempty(holder_stores) -> holder_stores ? deadline }
	:: atomic { nempty(keeper_stores) -> keeper_stores ? keeper_until }
	od
}

inline run_kernel()
{
	if
	:: atomic { pending -> pending = false; taken++ }
	:: else
	fi
}

/* After a release */
inline look()
{
#ifndef NO_LOOK
	do
	:: atomic { pending && !lock -> lock = true }
		run_kernel();
		atomic { empty(holder_stores) -> lock = false }
	:: !pending || lock -> break
	od;
#endif
	if
	:: deadline < keeper_until -> token = true
	:: else
	fi
}

/* A thread that makes two calls; each brings the deadline nearer. */
active proctype caller()
{
	byte nearer = FAR;

	do
	:: nearer > 1 ->
		atomic { !lock -> lock = true }
		nearer--;
		run_kernel();
		holder_stores ! nearer;
		atomic { empty(holder_stores) -> lock = false }
		look()
	:: else -> break
	od;
	done++
}

/* A device's thread */
active proctype asker()
{
	pending = true;
	asked++;
	look();
	done++
}

active proctype keeper()
{
	byte until;

	do
	:: until = deadline;
		keeper_stores ! until;
#ifndef PLAIN_ARM
		empty(keeper_stores);
#endif
		if
		:: deadline != until
		:: else ->
			asleep = true;
end:			atomic { token -> token = false; asleep = false }
		fi
	od
}

/* When the others are through and the stores are done: nothing pending, nothing slept through. */
active proctype judge()
{
	done == 2 && empty(holder_stores) && empty(keeper_stores) ->
	assert(!pending && taken == asked);
	assert(!asleep || token || keeper_until <= deadline)
}

init
{
	run commit()
}
