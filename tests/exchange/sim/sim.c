/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The exchange in simulated time. Linux is played by MAIN, the least urgent
 * task, which makes the host's calls (exchange/host.h); the exchange task (10)
 * runs between its calls, as it would beside a real Linux. PARTNER (5) is an
 * application's task that waits.
 *
 * For each kind of object and each direction: the data, their order and number;
 * what a full object does to its own side, and that it goes on when there is
 * room; wishes and kicks; errors. Then floods, against the time of others.
 */
#include <exchange/config.h>
#include <exchange/host.h>
#include "kernel_id.h"
#include "sim.h"

#define EAGAIN		11
#define EBADF		9
#define EINVAL		22
#define EMSGSIZE	90
#define ALL		UINT32_MAX

static struct exchange_object *object(const char *name)
{
	for (UINT i = 0; i < exchange_count; i++)
		if (!__builtin_strcmp(exchange_init[i].name, name))
			return &exchange_object[i];
	return NULL;
}

/* What PARTNER does when it is started, and what came of it */
static ER (*partner_work)(void);
static ER partner_result;
static bool partner_done;

void partner_task(VP_INT exinf)
{
	partner_result = partner_work();
	partner_done = true;
}

static void partner_start(ER (*work)(void))
{
	partner_work = work;
	partner_done = false;
	must(act_tsk(PARTNER), E_OK);
}

static long write_word(const char *name, uint64_t value)
{
	return exchange_write(object(name), &value, sizeof(value));
}

static int64_t read_word(const char *name, uint32_t mask)
{
	int64_t value = 0;
	long result = exchange_read(object(name), &value, sizeof(value), mask);

	return result == 8 ? value : result;
}

/* ---- data queues ------------------------------------------------------------ */

static VP_INT taken;

static ER take_datum(void)
{
	return rcv_dtq(IN_DATA, &taken);
}

static void data_in(void)
{
	VP_INT data[20], value;
	long sum = 0;
	bool ordered = true;

	for (int i = 0; i < 20; i++)
		data[i] = 100 + i;
	partner_start(take_datum);
	check(write_word("IN_DATA", (uint64_t)-7), 8, "[XCH-11] data queue, write: a datum goes to a task that waits");
	check_that(partner_done && partner_result == E_OK && taken == -7, "it is as it was sent, 8 bytes wide");
	check(prcv_dtq(IN_DATA, &value), E_TMOUT, "and is there once");

	check(exchange_write(object("IN_DATA"), data, sizeof(data)), DATUM_RING * 8, "[XCH-14] a full ring: a short count");
	check(exchange_write(object("IN_DATA"), data + 8, 8 * 8), 2 * 8, "[XCH-15] the queue has taken two");
	check(exchange_write(object("IN_DATA"), data + 10, 8), -EAGAIN, "[XCH-15] all full: EAGAIN");
	check(exchange_ready(object("IN_DATA"), ALL, 1, true), false, "[XCH-7] it is not ready for a write");
	check(exchange_kicked(object("IN_DATA")), false, "Linux is not called as long as it is full");
	for (int i = 0; i < 10; i++) {
		must(prcv_dtq(IN_DATA, &value), E_OK);
		ordered &= value == data[i];
		sum++;
		if (i == 0)
			check(exchange_kicked(object("IN_DATA")), true, "[XCH-7] a task that receives makes room: Linux is called");
	}
	check_that(ordered && sum == 10, "ten data come in their order");
	check(prcv_dtq(IN_DATA, &value), E_TMOUT, "and no more");
	check(exchange_ready(object("IN_DATA"), ALL, 1, false), true, "it is ready for a write");
	check(exchange_write(object("IN_DATA"), data, 12), -EINVAL, "[XCH-12] a size that is no multiple of 8: EINVAL");
	check(read_word("IN_DATA", ALL), -EBADF, "[XCH-3] reading gives EBADF");
}

static ER send_wait(void)
{
	return snd_dtq(OUT_DATA, 1000);
}

static void send_in_handler(void)
{
	partner_result = ipsnd_dtq(OUT_DATA, 3);
}

static void data_out(void)
{
	VP_INT value, data[16];
	bool ordered = true;

	check(read_word("OUT_DATA", ALL), -EAGAIN, "[XCH-4] data queue, read: nothing there gives EAGAIN");
	check(exchange_ready(object("OUT_DATA"), ALL, 1, true), false, "it is not ready");
	check(exchange_kicked(object("OUT_DATA")), false, "nothing was sent, nobody is called");
	check(snd_dtq(OUT_DATA, -1), E_OK, "snd_dtq");
	check(exchange_kicked(object("OUT_DATA")), true, "Linux wished to know");
	check(psnd_dtq(OUT_DATA, 2), E_OK, "psnd_dtq");
	check(exchange_kicked(object("OUT_DATA")), false, "it was told already");
	tap_in_handler(send_in_handler);
	check(partner_result, E_OK, "ipsnd_dtq");
	check(tsnd_dtq(OUT_DATA, 4, 10), E_OK, "tsnd_dtq");
	check(fsnd_dtq(OUT_DATA, 5), E_OK, "fsnd_dtq");
	check(prcv_dtq(OUT_DATA, &value), E_TMOUT, "the kernel's queue stays empty");
	check(exchange_read(object("OUT_DATA"), data, 3 * 8 + 7, ALL), 3 * 8, "[XCH-13] as many as fit");
	check_that(data[0] == -1 && data[1] == 2 && data[2] == 3, "in their order");
	check(exchange_read(object("OUT_DATA"), data, sizeof(data), ALL), 2 * 8, "[XCH-13] as many as there are");
	check_that(data[0] == 4 && data[1] == 5, "in their order");

	for (int i = 0; i < DATUM_RING + OUT_QUEUE; i++)
		must(psnd_dtq(OUT_DATA, i), E_OK);
	check(psnd_dtq(OUT_DATA, 99), E_TMOUT, "[XCH-16] ring and queue full: psnd_dtq gives E_TMOUT");
	check(tsnd_dtq(OUT_DATA, 98, MSEC(3)), E_TMOUT, "[XCH-16] and tsnd_dtq, in its time");
	partner_start(send_wait);
	check_that(!partner_done, "snd_dtq waits");
	for (int i = 0; i < DATUM_RING + OUT_QUEUE; i++)
		ordered &= read_word("OUT_DATA", ALL) == i;
	check_that(ordered, "all data come, in their order");
	check_that(partner_done && partner_result == E_OK, "snd_dtq goes on when there is room");
	check(read_word("OUT_DATA", ALL), 1000, "[XCH-16] its datum comes last");
	check(read_word("OUT_DATA", ALL), -EAGAIN, "[XCH-16] what was refused does not come");

	for (int i = 0; i < DATUM_RING + OUT_QUEUE + 2; i++)
		must(fsnd_dtq(OUT_DATA, i), E_OK);
	for (int i = 0; i < DATUM_RING; i++)
		ordered &= read_word("OUT_DATA", ALL) == i;
	for (int i = 0; i < OUT_QUEUE; i++)
		ordered &= read_word("OUT_DATA", ALL) == DATUM_RING + 2 + i;
	check_that(ordered, "fsnd_dtq drops the oldest that is not yet Linux's");
	check(read_word("OUT_DATA", ALL), -EAGAIN, "[XCH-16] and nothing else is lost or doubled");

	for (int i = 0; i < DATUM_RING + OUT_QUEUE; i++)
		must(psnd_dtq(OUT_DATA, i), E_OK);
	partner_start(send_wait);
	must(ter_tsk(PARTNER), E_OK);
	for (int i = 0; i < DATUM_RING + OUT_QUEUE; i++)
		ordered &= read_word("OUT_DATA", ALL) == i;
	check_that(ordered && read_word("OUT_DATA", ALL) == -EAGAIN, "a task that is ended while it waits has sent nothing");
	for (int i = 0; i < 3 * DATUM_RING; i++)
		ordered &= psnd_dtq(OUT_DATA, i) == E_OK && read_word("OUT_DATA", ALL) == i;
	check_that(ordered, "and others' data come as before");
	check(write_word("OUT_DATA", 1), -EBADF, "writing gives EBADF");
	check(exchange_read(object("OUT_DATA"), data, 7, ALL), -EINVAL, "[XCH-12] less than 8 bytes: EINVAL");
}

static void data_errors(void)
{
	check(snd_dtq(0, 1), E_ID, "a number that is none gives E_ID");
	check(tsnd_dtq(OUT_DATA, 1, -2), E_PAR, "a bad time-out gives E_PAR");
	must(loc_cpu(), E_OK);
	check(psnd_dtq(OUT_DATA, 1), E_CTX, "with the CPU locked: E_CTX");
	must(unl_cpu(), E_OK);
	must(dis_dsp(), E_OK);
	check(snd_dtq(OUT_DATA, 1), E_CTX, "with dispatching disabled a call that may wait gives E_CTX");
	check(psnd_dtq(OUT_DATA, 77), E_OK, "one that does not wait works");
	must(ena_dsp(), E_OK);
	check(read_word("OUT_DATA", ALL), 77, "and only its datum came");
	must(psnd_dtq(PLAIN_DATA, 5), E_OK);
	check(psnd_dtq(PLAIN_DATA, 6), E_TMOUT, "a queue that is not exported is as ever");
}

/* Two senders of different urgency, one in a handler, and a reader: all the while ring and queue are full. */
static UINT cyclic_sent;

static ER send_many(void)
{
	for (VP_INT i = 0; i < 200; i++)
		if (snd_dtq(OUT_DATA, 1000000 + i) != E_OK)
			return E_SYS;
	return E_OK;
}

static void send_from_handler(void)
{
	if (ipsnd_dtq(OUT_DATA, 2000000 + (VP_INT)cyclic_sent) == E_OK)
		cyclic_sent++;
}

static void data_pressure(void)
{
	VP_INT next_task = 1000000, next_handler = 2000000;
	bool ordered = true;
	int64_t value;

	partner_start(send_many);
	for (int i = 0; i < 1000 && (i < 300 || !partner_done); i++) {
		tap_in_handler(send_from_handler);
		for (int k = i % 3; k; k--) {
			value = read_word("OUT_DATA", ALL);
			if (value == next_task)
				next_task++;
			else if (value == next_handler)
				next_handler++;
			else if (value != -EAGAIN)
				ordered = false;
		}
	}
	while ((value = read_word("OUT_DATA", ALL)) != -EAGAIN) {
		if (value == next_task)
			next_task++;
		else if (value == next_handler)
			next_handler++;
		else
			ordered = false;
	}
	check_that(partner_done && partner_result == E_OK, "a task that sends 200 data through a full queue ends");
	check_that(ordered, "of each sender the data come in order");
	check(next_task - 1000000, 200, "all of the task's");
	check(next_handler - 2000000, cyclic_sent, "all of the handler's that were taken");
	check_that(cyclic_sent > 10, "which were some");
}

/* ---- semaphores ------------------------------------------------------------- */

static ER wait_three(void)
{
	for (int i = 0; i < 3; i++)
		if (wai_sem(IN_COUNT) != E_OK)
			return E_SYS;
	return E_OK;
}

static void counts(void)
{
	partner_start(wait_three);
	check(write_word("IN_COUNT", 2), 8, "semaphore, write: two signals");
	check_that(!partner_done, "a task that wants three waits");
	check(write_word("IN_COUNT", 1), 8, "one more");
	check_that(partner_done && partner_result == E_OK, "it goes on");
	check(write_word("IN_COUNT", 3), 8, "three signals that nobody waits for");
	check(write_word("IN_COUNT", 3), 8, "three more, which the ring keeps");
	check(write_word("IN_COUNT", 1), -EAGAIN, "[XCH-25] at the maximum: EAGAIN");
	check(exchange_ready(object("IN_COUNT"), ALL, 1, true), false, "not ready");
	check(write_word("IN_COUNT", 0), -EINVAL, "[XCH-26] no signal: EINVAL");
	check(write_word("IN_COUNT", 4), -EINVAL, "[XCH-26] more than the maximum: EINVAL");
	for (int i = 0; i < 6; i++)
		must(pol_sem(IN_COUNT), E_OK);
	check(pol_sem(IN_COUNT), E_TMOUT, "[XCH-25] six signals were there, not one more");
	check(exchange_kicked(object("IN_COUNT")), true, "Linux was told of the room");

	check(read_word("OUT_COUNT", ALL), 1, "[XCH-27] semaphore, read: the initial count is there");
	check(read_word("OUT_COUNT", ALL), 1, "twice");
	check(read_word("OUT_COUNT", ALL), -EAGAIN, "no more");
	check(exchange_ready(object("OUT_COUNT"), ALL, 1, true), false, "not ready");
	for (int i = 0; i < 5; i++)
		must(sig_sem(OUT_COUNT), E_OK);
	check(exchange_kicked(object("OUT_COUNT")), true, "a signal calls Linux");
	check(sig_sem(OUT_COUNT), E_QOVR, "[XCH-28] at the maximum: E_QOVR");
	for (int i = 0; i < 5; i++)
		must(read_word("OUT_COUNT", ALL), 1);
	check(read_word("OUT_COUNT", ALL), -EAGAIN, "five came");
}

/* ---- event flags ------------------------------------------------------------- */

static FLGPTN released;

static ER wait_bits(void)
{
	return wai_flg(IN_BITS, 0x3, TWF_ANDW, &released);
}

static void set_in_handler(void)
{
	partner_result = iset_flg(OUT_BITS, 0x100);
}

static void bits(void)
{
	FLGPTN pattern;

	partner_start(wait_bits);
	check(write_word("IN_BITS", 1), 8, "event flag, write: a bit");
	check_that(!partner_done, "a task that waits for two bits waits");
	check(write_word("IN_BITS", 0x80000002), 8, "the other");
	check_that(partner_done && partner_result == E_OK && released == 0x80000003, "it goes on, with the whole pattern");
	check(write_word("IN_BITS", (uint64_t)1 << 32), -EINVAL, "[XCH-24] a bit that no flag has: EINVAL");

	check(read_word("OUT_BITS", ALL), 0x10, "[XCH-22] event flag, read: the initial pattern");
	check(read_word("OUT_BITS", ALL), 0x10, "[XCH-23] reading leaves it without TA_CLR");
	check(read_word("OUT_BITS", 0x3), -EAGAIN, "[XCH-22] other bits: EAGAIN");
	check(exchange_ready(object("OUT_BITS"), 0x3, 1, true), false, "not ready for them");
	check(set_flg(OUT_BITS, 0x2), E_OK, "set_flg");
	check(exchange_kicked(object("OUT_BITS")), true, "calls Linux");
	check(read_word("OUT_BITS", 0x3), 0x12, "the pattern");
	check(clr_flg(OUT_BITS, 0x2), E_OK, "clr_flg");
	check(read_word("OUT_BITS", 0x10), -EAGAIN, "[XCH-23] clears Linux's too");
	tap_in_handler(set_in_handler);
	check(read_word("OUT_BITS", ALL), 0x102, "iset_flg sets it");
	check(pol_flg(OUT_BITS, 0x102, TWF_ANDW, &pattern), E_OK, "and tasks see it as ever");

	check(set_flg(OUT_CLEARED, 0x5), E_OK, "with TA_CLR");
	check(read_word("OUT_CLEARED", 0x1), 0x5, "a reader gets the pattern");
	check(read_word("OUT_CLEARED", ALL), -EAGAIN, "[XCH-23] and clears it");
	check(pol_flg(OUT_CLEARED, 0x5, TWF_ANDW, &pattern), E_OK, "[XCH-23] but not the tasks' one");
	check(pol_flg(OUT_CLEARED, ALL, TWF_ORW, &pattern), E_TMOUT, "which a task clears");
}

/* ---- mailboxes ---------------------------------------------------------------- */

static T_MSG_EXC *message;

static ER take_message(void)
{
	return rcv_mbx(IN_BOX, (T_MSG **)&message);
}

static bool message_is(const char *text, UINT size)
{
	return message->size == size && !__builtin_memcmp(message->data, text, size);
}

static void send_message(PRI pri, const char *text, UINT size)
{
	T_MSG_EXC *out;

	must(pget_mpf(POOL, (VP *)&out), E_OK);
	out->head.msgpri = pri;
	out->size = size;
	__builtin_memcpy(out->data, text, size);
	must(snd_mbx(OUT_BOX, &out->head.msgque), E_OK);
}

static void messages_in(void)
{
	char text[MESSAGE + 1] = "0123456789012345678901234567890123456789";
	VP block;

	partner_start(take_message);
	check(exchange_write(object("IN_BOX"), "hello", 5), 5, "[XCH-17] mailbox, write: a message");
	check_that(partner_done && partner_result == E_OK && message_is("hello", 5), "a task that waits gets it, with its size");
	must(rel_mpf(POOL, message), E_OK);
	check(exchange_write(object("IN_BOX"), text, MESSAGE), MESSAGE, "[XCH-17] the longest message");
	check(exchange_write(object("IN_BOX"), text, MESSAGE + 1), -EMSGSIZE, "[XCH-18] a longer one: EMSGSIZE");
	check(exchange_write(object("IN_BOX"), text, 0), -EINVAL, "[XCH-18] an empty one: EINVAL");
	for (char c = 'a'; c < 'a' + 6; c++)
		must(exchange_write(object("IN_BOX"), &c, 1), 1);
	check(exchange_write(object("IN_BOX"), "x", 1), -EAGAIN, "[XCH-20] without blocks the ring fills: EAGAIN");
	check(pget_mpf(POOL, &block), E_TMOUT, "the pool is empty");
	check(exchange_ready(object("IN_BOX"), ALL, 1, true), false, "not ready");
	must(take_message(), E_OK);
	check_that(message_is(text, MESSAGE), "the first one");
	must(rel_mpf(POOL, message), E_OK);
	check(exchange_kicked(object("IN_BOX")), true, "a block given back makes room: Linux is called");
	for (char c = 'a'; c < 'a' + 6; c++) {
		must(take_message(), E_OK);
		must(message_is(&c, 1), true);
		must(rel_mpf(POOL, message), E_OK);
	}
	check(prcv_mbx(IN_BOX, (T_MSG **)&message), E_TMOUT, "all have come, in order");
	must(exchange_write(object("IN_LEVELS"), "low", 3), 3);
	must(prcv_mbx(IN_LEVELS, (T_MSG **)&message), E_OK);
	check(message->head.msgpri, 4, "in a TA_MPRI mailbox they have the lowest priority");
	must(rel_mpf(POOL, message), E_OK);
}

static void messages_out(void)
{
	_Alignas(8) char text[MESSAGE + 8];
	VP blocks[BLOCKS];

	check(exchange_read(object("OUT_BOX"), text, sizeof(text), ALL), -EAGAIN, "mailbox, read: nothing: EAGAIN");
	check(exchange_ready(object("OUT_BOX"), ALL, 1, true), false, "not ready");
	send_message(1, "0123456789", 10);
	check(exchange_kicked(object("OUT_BOX")), true, "a message calls Linux");
	check(exchange_read(object("OUT_BOX"), text, 9, ALL), -EMSGSIZE, "[XCH-19] a buffer too small: EMSGSIZE");
	check(exchange_read(object("OUT_BOX"), text, 10, ALL), 10, "[XCH-19] the message is still there");
	check_that(!__builtin_memcmp(text, "0123456789", 10), "and whole");
	send_message(1, "a", 1);
	send_message(1, "b", 1);
	must(exchange_ready(object("OUT_BOX"), ALL, 1, false), true);
	/* The ring is full: these wait in the mailbox, in its order. */
	send_message(4, "d", 1);
	send_message(2, "c", 1);
	for (int i = 0; i < 4; i++) {
		check(exchange_read(object("OUT_BOX"), text, sizeof(text), ALL), 1, "a message");
		check(text[0], "abcd"[i], "[XCH-20] by priority where they have waited");
	}
	send_message(1, "long", MESSAGE + 100 > MESSAGE ? 4 : 0);
	must(exchange_read(object("OUT_BOX"), text, sizeof(text), ALL), 4);
	for (int i = 0; i < BLOCKS; i++)
		must(pget_mpf(POOL, &blocks[i]), E_OK);
	check_that(true, "all blocks have come back");
	((T_MSG_EXC *)blocks[0])->size = MESSAGE + 100;
	((T_MSG_EXC *)blocks[0])->head.msgpri = 1;
	must(snd_mbx(OUT_BOX, blocks[0]), E_OK);
	check(exchange_read(object("OUT_BOX"), text, sizeof(text), ALL), MESSAGE, "a size that is too large is cut");
	for (int i = 1; i < BLOCKS; i++)
		must(rel_mpf(POOL, blocks[i]), E_OK);
}

/* ---- rings to map --------------------------------------------------------------- */

#define WORDS	8

static UD out[2 * SLOTS * WORDS], in[2 * SLOTS * WORDS];

/* As libunitron does it */
static void process_attach(struct ring_end *end, const char *name, bool producer)
{
	struct unitron_ring *ring = object(name)->rt.ring;

	exchange_ring_open(object(name));
	ring_attach(end, ring, SLOTS, 8 * WORDS);
	ring_resume(end, producer ? ring->head : ring->tail, producer);
}

static ER wait_ring(void)
{
	return twai_flg(RING_BITS, 3, TWF_ORW, &released, MSEC(50));
}

static void rings_in(void)
{
	struct ring_end end;
	bool wake = false;

	for (UINT i = 0; i < 2 * SLOTS * WORDS; i++)
		out[i] = i * 3;
	process_attach(&end, "IN_RING", true);
	check(wait_ring(), E_OK, "ring: a process that opens it sets the event flag");
	check(vget_rng(IN_RING, in, 3), E_TMOUT, "ring, from the process: nothing: E_TMOUT");
	partner_start(wait_ring);
	check(ring_put(&end, out, 5, &wake), 5, "the process puts five");
	check_that(wake, "and is to wake the task");
	exchange_ring_bell(object("IN_RING"));
	check_that(partner_done && partner_result == E_OK && released == 1, "the event flag is set");
	check(vget_rng(IN_RING, in, 3), 3, "three are taken");
	check(vget_rng(IN_RING, in + 3 * WORDS, 100), 2, "and two");
	check_that(!__builtin_memcmp(in, out, 5 * 8 * WORDS), "they are whole, and in order");
	wake = false;
	check(ring_put(&end, out, 2 * SLOTS, &wake), SLOTS, "[XCH-31] a full ring");
	check_that(!wake, "nobody wished to know");
	check(ring_want_room(&end, 1), true, "the process goes to sleep");
	check(vget_rng(IN_RING, in, 1), 1, "room");
	check(exchange_kicked(object("IN_RING")), true, "calls it");
	check(vput_rng(IN_RING, out, 1), E_OBJ, "the wrong direction: E_OBJ");
	check(vget_rng(0, in, 1), E_ID, "E_ID");
	check(vget_rng(IN_RING, NULL, 1), E_PAR, "E_PAR");
	check(vget_rng(IN_RING, in, 0), E_PAR, "E_PAR: no message");
	end.ring->head += 1000;
	check(vget_rng(IN_RING, in, SLOTS), E_SYS, "[XCH-32] a process that claims too much: E_SYS");
	check(vget_rng(IN_RING, in, SLOTS), E_SYS, "[XCH-32] for good");
	__builtin_memset(end.ring, 0xff, sizeof(struct unitron_ring));
	process_attach(&end, "IN_RING", true);
	check(wait_ring(), E_OK, "the next process sets the event flag");
	check(vget_rng(IN_RING, in, SLOTS), E_TMOUT, "[XCH-32] and begins with an empty ring");
	check(ring_put(&end, out, 1, &wake), 1, "it puts a message");
	check(vget_rng(IN_RING, in, SLOTS), 1, "which comes");
}

static void rings_out(void)
{
	struct ring_end end;
	bool wake = false;

	process_attach(&end, "OUT_RING", false);
	must(wait_ring(), E_OK);
	check_that(ring_want_data(&end), "ring, to the process: it goes to sleep");
	check(vput_rng(OUT_RING, out, 2 * SLOTS), SLOTS, "as many as have room");
	check(exchange_kicked(object("OUT_RING")), true, "it is called");
	check(vput_rng(OUT_RING, out, 1), E_TMOUT, "[XCH-31] no room: E_TMOUT");
	check(ring_get(&end, in, 3, &wake), 3, "it takes three");
	check_that(wake, "and is to wake the task");
	exchange_ring_bell(object("OUT_RING"));
	check_that(wait_ring() == E_OK && released == 2, "the event flag is set");
	/* Another process goes on where this one stopped. */
	process_attach(&end, "OUT_RING", false);
	check(ring_get(&end, in + 3 * WORDS, 100, &wake), SLOTS - 3, "[XCH-30] the next process gets the others");
	check_that(!__builtin_memcmp(in, out, SLOTS * 8 * WORDS), "all are whole, and in order");
	end.ring->tail -= 5 * SLOTS;
	check(vput_rng(OUT_RING, out, SLOTS + 1), E_SYS, "[XCH-32] a process that claims nonsense: E_SYS");
	process_attach(&end, "OUT_RING", false);
	check(vput_rng(OUT_RING, out, 1), 1, "until the next one comes");
	check(vget_rng(OUT_RING, in, 1), E_OBJ, "the wrong direction: E_OBJ");
}

/* ---- floods -------------------------------------------------------------------- */

/* A less urgent task than the exchange's gets time while Linux writes without end: time units pass, not batches. */
static void flood(void)
{
	VP_INT data[DATUM_RING] = { 0 }, value;
	SYSTIM begin, end;
	UINT taken_data = 0, written = 0;

	must(get_tim(&begin), E_OK);
	for (int i = 0; i < 200; i++) {
		long result = exchange_write(object("IN_DATA"), data, sizeof(data));

		written += result > 0 ? (UINT)result / 8 : 0;
		while (prcv_dtq(IN_DATA, &value) == E_OK)
			taken_data++;
	}
	while (trcv_dtq(IN_DATA, &value, MSEC(5)) == E_OK)
		taken_data++;
	must(get_tim(&end), E_OK);
	check_that(written > 500, "a flood of data");
	check(taken_data, written, "comes whole");
}

static void info(void)
{
	struct unitron_info got;

	exchange_info(object("OUT_BOX"), &got);
	check_that(got.version == UNITRON_EXCHANGE_VERSION && got.size == sizeof(got), "info has version and size");
	check_that(got.kind == UNITRON_MAILBOX && got.direction == UNITRON_READ && got.unit == MESSAGE && got.count == 2,
		   "kind, direction, longest message, places");
	check_that(!__builtin_strcmp(got.name, "OUT_BOX") && !__builtin_strcmp(got.application, "sim"), "names");
}

/* What people are shown; after all that came before */
static void state(void)
{
	struct ring_end end;
	uint32_t filled, moved, before;
	bool broken;

	exchange_state(object("OUT_COUNT"), &filled, &before, &broken);
	must(sig_sem(OUT_COUNT), E_OK);
	must(sig_sem(OUT_COUNT), E_OK);
	must(read_word("OUT_COUNT", ALL), 1);
	exchange_state(object("OUT_COUNT"), &filled, &moved, &broken);
	check_that(filled == 1 && moved == before + 1 && !broken, "state of a semaphore: one signal there, one gone");
	must(set_flg(OUT_BITS, 2), E_OK);
	exchange_state(object("OUT_BITS"), &filled, &moved, &broken);
	check_that(filled == 1 && moved == 0 && !broken, "of an event flag: bits are set");
	process_attach(&end, "IN_RING", true);
	end.ring->head += 1000;
	exchange_state(object("IN_RING"), &filled, &moved, &broken);
	check_that(filled == SLOTS && !broken, "of a ring whose process claims too much: full, until it is looked at");
	must(vget_rng(IN_RING, in, 1), E_SYS);
	exchange_state(object("IN_RING"), &filled, &moved, &broken);
	check_that(broken, "then broken");
}

void main_task(VP_INT exinf)
{
	data_in();
	data_out();
	data_errors();
	data_pressure();
	counts();
	bits();
	messages_in();
	messages_out();
	rings_in();
	rings_out();
	flood();
	info();
	state();
	tap_end();
}
