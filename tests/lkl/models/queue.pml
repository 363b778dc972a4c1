/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio queue with event indices, as lkl/host/virtio.c works it and the
 * kernel's driver fills it, on CPUs whose stores wait in a buffer (x86). Checked:
 * nobody sleeps for ever, all requests come back. Without the fences (-DNO_FENCE)
 * the checker must find the lost notification.
 */
#define N	3		/* requests */

#define AVAILABLE	0	/* index, written by the driver */
#define AVAILABLE_EVENT	1	/* written by the device: be notified of that one */
#define USED		2	/* index, written by the device */
#define USED_EVENT	3	/* written by the driver */

byte memory[4];
bool kick, interrupt;
chan driver_stores = [2] of { byte, byte };
chan device_stores = [2] of { byte, byte };

#ifdef NO_FENCE
#define FENCE(stores)	skip
#else
#define FENCE(stores)	empty(stores)
#endif

/* As vring_need_event(), in a byte */
#define WANTS(event, now, old)	(((now - event - 1) & 255) < ((now - old) & 255))

proctype commit(chan stores)
{
	byte at, value;

end:	do
	:: atomic { stores ? at, value -> memory[at] = value; at = 0; value = 0 }
	od
}

active proctype driver()
{
	byte submitted, completed, old;

	do
	:: submitted < N ->
		old = submitted;
		submitted++;
		if		/* perhaps two at once */
		:: submitted < N -> submitted++
		:: skip
		fi;
		driver_stores ! AVAILABLE, submitted;
		FENCE(driver_stores);
		if
		:: WANTS(memory[AVAILABLE_EVENT], submitted, old) -> kick = true
		:: else
		fi
	:: memory[USED] != completed -> completed = memory[USED]
	:: submitted == N && completed == N -> break
	:: submitted > completed && memory[USED] == completed ->
		driver_stores ! USED_EVENT, completed;
		FENCE(driver_stores);
		if
		:: memory[USED] != completed
		:: else -> interrupt -> interrupt = false	/* sleep */
		fi
	od
}

active proctype device()
{
	byte next, used, told;

	do
	:: memory[AVAILABLE] != next ->
		next++;
		used++;
		device_stores ! USED, used
	:: else ->
		device_stores ! AVAILABLE_EVENT, next;
		FENCE(device_stores);
		if
		:: memory[AVAILABLE] != next
		:: else ->
			FENCE(device_stores);
			if
			:: used != told && WANTS(memory[USED_EVENT], used, told) -> interrupt = true
			:: else
			fi;
			told = used;
end:			kick -> kick = false			/* sleep */
		fi
	od
}

init
{
	run commit(driver_stores);
	run commit(device_stores)
}
