/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: data queues. The orders of waiting tasks, time-outs and releases by
 * force are tested in waitqueue.c; here what becomes of the data.
 *
 * Items:
 * (A) [DTQ-1] the queue is empty at first
 * (B) [DTQ-5] [DTQ-7] data come out in the order in which they went in, as
 *     wide as a pointer, by snd_dtq, psnd_dtq, tsnd_dtq, ipsnd_dtq, fsnd_dtq,
 *     ifsnd_dtq and rcv_dtq, prcv_dtq, trcv_dtq; all over the buffer and not beside it
 * (C) [DTQ-4] each of the sending calls serves waiting receivers, the first one first
 * (D) [DTQ-6] snd_dtq and tsnd_dtq wait while the buffer is full; one that
 *     gives up has sent nothing
 * (E) [DTQ-8] [DTQ-2] a receiver makes room for the first waiting sender's datum, behind the others
 * (F) [DTQ-9] without buffer senders and receivers meet, whoever comes first
 * (G) [DTQ-10] without buffer fsnd_dtq and ifsnd_dtq give E_ILUSE, and a waiting receiver waits on
 * (H) [DTQ-11] with the buffer full they drop the oldest datum and pass waiting senders
 * (I) [DTQ-12] rcv_dtq and trcv_dtq wait while there is nothing; on an error
 *     the result is as it was
 *
 * Resources: MAIN (20), agents; THREE (3 elements), NONE (no buffer), AREA
 * (TA_TPRI, 2 elements, in dataqueue_area).
 */
#include "agents.h"
#include "dataqueue.h"
#include "kernel_id.h"

#define GUARD	((VP_INT)0x5a5a5a5a)
#define WIDE	((VP_INT)0x8123456789abcdef)

VP_INT dataqueue_area[AREA_COUNT + 2] = { [0] = GUARD, [AREA_COUNT + 1] = GUARD };

struct transfer {
	ID	dtqid;
	TMO	tmout;
	VP_INT	data;			/* sent, or received */
};

static struct transfer transfers[AGENTS + 1];

static ER send_work(VP_INT n)
{
	if (transfers[n].tmout == TMO_FEVR)
		return snd_dtq(transfers[n].dtqid, transfers[n].data);
	return tsnd_dtq(transfers[n].dtqid, transfers[n].data, transfers[n].tmout);
}

static ER receive_work(VP_INT n)
{
	if (transfers[n].tmout == TMO_FEVR)
		return rcv_dtq(transfers[n].dtqid, &transfers[n].data);
	return trcv_dtq(transfers[n].dtqid, &transfers[n].data, transfers[n].tmout);
}

static void start_sending(UINT n, ID dtqid, VP_INT data)
{
	transfers[n] = (struct transfer){ dtqid, TMO_FEVR, data };
	agent_start(n, send_work, (VP_INT)n);
}

static void start_receiving(UINT n, ID dtqid)
{
	transfers[n] = (struct transfer){ dtqid, TMO_FEVR, 0 };
	agent_start(n, receive_work, (VP_INT)n);
}

static bool received(UINT n, VP_INT data)
{
	return agent_result(n) == E_OK && transfers[n].data == data;
}

/* The calls for handlers, on THREE. */
static ER ipsend(VP_INT data)
{
	return ipsnd_dtq(THREE, data);
}

static ER ifsend(VP_INT data)
{
	return ifsnd_dtq(THREE, data);
}

/* What a queue gives now, digits of a number; E_TMOUT ends it. */
static long long drain(ID dtqid)
{
	long long all = 0;
	VP_INT data;

	while (prcv_dtq(dtqid, &data) == E_OK)
		all = all * 10 + data;
	return all;
}

static void buffer(void)
{
	VP_INT data = GUARD;

	check(prcv_dtq(THREE, &data), E_TMOUT, "[DTQ-1] a queue is empty at first");
	check(prcv_dtq(AREA, &data), E_TMOUT, "[DTQ-1] a queue is empty at first, in an area of the application");
	check(trcv_dtq(THREE, &data, TMO_POL), E_TMOUT, "[DTQ-1] trcv_dtq with TMO_POL");
	check(trcv_dtq(THREE, &data, MSEC(1)), E_TMOUT, "[DTQ-12] trcv_dtq waits for its time");
	check(data, GUARD, "[DTQ-12] after E_TMOUT the result is as it was");

	check(snd_dtq(THREE, WIDE), E_OK, "[DTQ-5] snd_dtq to the buffer");
	check(psnd_dtq(THREE, -1), E_OK, "[DTQ-5] psnd_dtq to the buffer");
	check(tsnd_dtq(THREE, 0, TMO_POL), E_OK, "[DTQ-5] tsnd_dtq to the buffer");
	check(psnd_dtq(THREE, 5), E_TMOUT, "[DTQ-5] psnd_dtq: the buffer is full");
	check(in_handler(ipsend, 5), E_TMOUT, "[DTQ-5] ipsnd_dtq: the buffer is full");
	check(tsnd_dtq(THREE, 5, TMO_POL), E_TMOUT, "[DTQ-5] tsnd_dtq with TMO_POL: the buffer is full");
	must(rcv_dtq(THREE, &data), E_OK);
	check_that(data == WIDE, "[DTQ-7] rcv_dtq: the oldest datum, as wide as a pointer");
	must(prcv_dtq(THREE, &data), E_OK);
	check(data, -1, "[DTQ-7] prcv_dtq: the next");
	must(trcv_dtq(THREE, &data, MSEC(1)), E_OK);
	check(data, 0, "[DTQ-7] trcv_dtq: the next");
	check(prcv_dtq(THREE, &data), E_TMOUT, "[DTQ-7] those that found the buffer full are not there");

	check(fsnd_dtq(THREE, 1), E_OK, "[DTQ-5] fsnd_dtq to the buffer");
	check(in_handler(ipsend, 2), E_OK, "[DTQ-5] ipsnd_dtq to the buffer");
	check(in_handler(ifsend, 3), E_OK, "[DTQ-5] ifsnd_dtq to the buffer");
	check(drain(THREE), 123, "[DTQ-7] all in order");
}

/* The buffer is used all round, whatever the number of data in it. */
static void round_the_buffer(ID dtqid, UINT size)
{
	VP_INT data, sent = 0, got = 0;
	bool right = true;

	for (UINT fill = 1; fill <= size; fill++) {
		for (UINT i = 0; i < fill; i++)
			right &= psnd_dtq(dtqid, sent++) == E_OK;
		for (UINT i = 0; i < 4 * size + 1; i++) {
			right &= prcv_dtq(dtqid, &data) == E_OK && data == got++;
			right &= psnd_dtq(dtqid, sent++) == E_OK;
		}
		while (prcv_dtq(dtqid, &data) == E_OK)
			right &= data == got++;
	}
	check_that(right && got == sent, "[DTQ-5] [DTQ-7] data stay in order all round the buffer");
}

static void receivers(void)
{
	for (UINT n = 1; n <= 6; n++)
		start_receiving(n, THREE);
	check(marks(), 0, "[DTQ-12] rcv_dtq waits while there is nothing");
	must(snd_dtq(THREE, WIDE), E_OK);
	must(psnd_dtq(THREE, 12), E_OK);
	must(tsnd_dtq(THREE, 13, MSEC(1)), E_OK);
	must(fsnd_dtq(THREE, 14), E_OK);
	must(in_handler(ipsend, 15), E_OK);
	must(in_handler(ifsend, 16), E_OK);
	check(marks(), 123456, "[DTQ-4] each sending call releases the first waiting receiver");
	check_that(received(1, WIDE), "[DTQ-4] the datum of snd_dtq, as wide as a pointer");
	check_that(received(2, 12), "[DTQ-4] the datum of psnd_dtq");
	check_that(received(3, 13), "[DTQ-4] the datum of tsnd_dtq");
	check_that(received(4, 14), "[DTQ-4] the datum of fsnd_dtq");
	check_that(received(5, 15), "[DTQ-4] the datum of ipsnd_dtq");
	check_that(received(6, 16), "[DTQ-4] the datum of ifsnd_dtq");
	check(drain(THREE), 0, "[DTQ-4] nothing went to the buffer");
	transfers[1] = (struct transfer){ THREE, MSEC(50), 0 };
	agent_start(1, receive_work, 1);
	must(marks(), 0);
	must(psnd_dtq(THREE, 21), E_OK);
	check_that(marks() == 1 && received(1, 21), "[DTQ-12] trcv_dtq waits, and is served as rcv_dtq is");
}

static void senders(void)
{
	VP_INT data;

	for (VP_INT i = 1; i <= 3; i++)
		must(snd_dtq(THREE, i), E_OK);
	start_sending(3, THREE, 4);
	transfers[1] = (struct transfer){ THREE, MSEC(2), 9 };
	agent_start(1, send_work, 1);
	start_sending(2, THREE, 5);
	check(marks(), 0, "[DTQ-6] snd_dtq and tsnd_dtq wait while the buffer is full");
	must(dly_tsk(MSEC(4)), E_OK);
	must(marks(), 1);
	check(agent_result(1), E_TMOUT, "[DTQ-6] tsnd_dtq gives up");
	must(prcv_dtq(THREE, &data), E_OK);
	check(data, 1, "[DTQ-7] a receiver gets the oldest datum, not that of a sender");
	check_that(marks() == 3 && agent_result(3) == E_OK, "[DTQ-8] the first waiting sender is released");
	check(psnd_dtq(THREE, 9), E_TMOUT, "[DTQ-8] the room was his");
	must(rcv_dtq(THREE, &data), E_OK);
	check_that(data == 2 && marks() == 2 && agent_result(2) == E_OK, "[DTQ-8] then the next, for rcv_dtq too");
	check(drain(THREE), 345, "[DTQ-8] their data came behind the others");
}

/* By priority, in an area of the application. */
static void senders_by_priority(void)
{
	must(psnd_dtq(AREA, 1), E_OK);
	must(psnd_dtq(AREA, 2), E_OK);
	start_sending(3, AREA, 5);
	start_sending(1, AREA, 3);
	start_sending(2, AREA, 4);
	check(drain(AREA), 12345, "[DTQ-2] [DTQ-8] TA_TPRI: data of waiting senders follow in the order of priority");
	check(marks(), 123, "[DTQ-8] all are released");
	check_that(dataqueue_area[0] == GUARD && dataqueue_area[AREA_COUNT + 1] == GUARD, "[DTQ-5] nothing is written beside the area");
}

static ER ipsend_none(VP_INT data)
{
	return ipsnd_dtq(NONE, data);
}

static ER ifsend_none(VP_INT data)
{
	return ifsnd_dtq(NONE, data);
}

static void no_buffer(void)
{
	VP_INT data = GUARD;

	check(psnd_dtq(NONE, 1), E_TMOUT, "[DTQ-6] no buffer: psnd_dtq has no room");
	check(in_handler(ipsend_none, 1), E_TMOUT, "[DTQ-6] no buffer: ipsnd_dtq has no room");
	check(tsnd_dtq(NONE, 1, MSEC(1)), E_TMOUT, "[DTQ-6] no buffer: tsnd_dtq waits for its time");
	check(prcv_dtq(NONE, &data), E_TMOUT, "[DTQ-1] no buffer: nothing to be had");
	start_sending(1, NONE, WIDE);
	start_sending(2, NONE, 32);
	start_sending(3, NONE, 33);
	check(marks(), 0, "[DTQ-6] no buffer: snd_dtq waits");
	must(prcv_dtq(NONE, &data), E_OK);
	check_that(data == WIDE && marks() == 1 && agent_result(1) == E_OK, "[DTQ-9] prcv_dtq takes the first sender's datum");
	must(rcv_dtq(NONE, &data), E_OK);
	check_that(data == 32 && marks() == 2 && agent_result(2) == E_OK, "[DTQ-9] rcv_dtq the next");
	must(trcv_dtq(NONE, &data, MSEC(1)), E_OK);
	check_that(data == 33 && marks() == 3 && agent_result(3) == E_OK, "[DTQ-9] trcv_dtq the next");

	start_receiving(1, NONE);
	start_receiving(2, NONE);
	check(fsnd_dtq(NONE, 1), E_ILUSE, "[DTQ-10] no buffer: fsnd_dtq, though receivers wait");
	check(in_handler(ifsend_none, 1), E_ILUSE, "[DTQ-10] no buffer: ifsnd_dtq, though receivers wait");
	check(marks(), 0, "[DTQ-10] they wait on");
	check(snd_dtq(NONE, 41), E_OK, "[DTQ-4] no buffer: snd_dtq to a waiting receiver");
	check(in_handler(ipsend_none, 42), E_OK, "[DTQ-4] no buffer: ipsnd_dtq to a waiting receiver");
	check_that(marks() == 12 && received(1, 41) && received(2, 42), "[DTQ-4] they get the data");
	check(fsnd_dtq(NONE, 1), E_ILUSE, "[DTQ-10] no buffer: fsnd_dtq, nobody waits");
}

static void force(void)
{
	VP_INT data;

	for (VP_INT i = 1; i <= 3; i++)
		must(snd_dtq(THREE, i), E_OK);
	check(fsnd_dtq(THREE, 4), E_OK, "[DTQ-11] fsnd_dtq to a full buffer");
	check(in_handler(ifsend, 5), E_OK, "[DTQ-11] ifsnd_dtq to a full buffer");
	check(drain(THREE), 345, "[DTQ-11] the oldest data are gone");

	for (VP_INT i = 1; i <= 3; i++)
		must(snd_dtq(THREE, i), E_OK);
	start_sending(1, THREE, 6);
	must(fsnd_dtq(THREE, 7), E_OK);
	check_that(marks() == 0 && agent_result(1) == PENDING, "[DTQ-11] a waiting sender waits on");
	must(prcv_dtq(THREE, &data), E_OK);
	check_that(data == 2 && marks() == 1, "[DTQ-11] until somebody receives");
	check(drain(THREE), 376, "[DTQ-11] the forced datum has passed his");
}

/* A sender that is released by force or ended has sent nothing. */
static void senders_away(void)
{
	start_sending(1, NONE, 1);
	start_sending(2, NONE, 2);
	start_sending(3, NONE, 3);
	must(rel_wai(AGENT1), E_OK);
	must(ter_tsk(AGENT2), E_OK);
	check(drain(NONE), 3, "[DTQ-6] senders that were released by force or ended have sent nothing");
	check_that(marks() == 13 && agent_result(1) == E_RLWAI, "[DTQ-6] snd_dtq gives E_RLWAI");
}

void main_task(VP_INT exinf)
{
	buffer();
	round_the_buffer(THREE, 3);
	round_the_buffer(AREA, AREA_COUNT);
	receivers();
	senders();
	senders_by_priority();
	no_buffer();
	force();
	senders_away();
	tap_end();
}
