/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: mailboxes. The order of waiting tasks, time-outs and releases by
 * force are tested in waitqueue.c; here the order of the messages.
 *
 * Items:
 * (A) [MBX-1] a mailbox is empty at first
 * (B) [MBX-4] TA_MFIFO: messages are received in the order of sending, also
 *     while others are sent
 * (C) [MBX-5] TA_MPRI: by priority, equals in the order of sending, for all priorities
 * (D) [MBX-6] TA_MPRI: a priority outside TMIN_MPRI..maxmpri gives E_PAR, and
 *     nothing is sent, to a waiting task neither; TA_MFIFO: it is not looked at
 * (E) [MBX-3] a message goes straight to the first waiting task
 * (F) [MBX-7] rcv_mbx, prcv_mbx and trcv_mbx give the first message itself, unchanged but for its header
 * (G) [MBX-8] rcv_mbx and trcv_mbx wait while there is none; on an error the result is as it was
 *
 * Resources: MAIN (20), agents; FIFO, MPRI (4 priorities), MPRI_ALL (TMAX_MPRI
 * priorities, heads in mailbox_heads).
 */
#include "agents.h"
#include "kernel_id.h"
#include "mailbox.h"

VP mailbox_heads[HEAD_WORDS + 4];

struct message {
	T_MSG_PRI head;
	UINT	number;
};

#define MESSAGES	(2 * TMAX_MPRI)
static struct message messages[MESSAGES];

static T_MSG *received[AGENTS + 1];

static ER receive_work(VP_INT n)
{
	return rcv_mbx(FIFO, &received[n]);
}

static ER treceive_work(VP_INT n)
{
	return trcv_mbx(MPRI, &received[n], MSEC(50));
}

static ER send(ID mbxid, UINT number, PRI pri)
{
	messages[number].head.msgpri = pri;
	messages[number].number = number;
	return snd_mbx(mbxid, &messages[number].head.msgque);
}

/* The number of the next message; -1: none; -2: not one of ours. */
static int next(ID mbxid)
{
	T_MSG *message;

	if (prcv_mbx(mbxid, &message) != E_OK)
		return -1;
	for (int i = 0; i < MESSAGES; i++)
		if (message == &messages[i].head.msgque)
			return messages[i].number == (UINT)i ? i : -2;
	return -2;
}

static long long drain(ID mbxid)
{
	long long all = 0;
	int number;

	while ((number = next(mbxid)) >= 0)
		all = all * 10 + number;
	return all;
}

static void empty(void)
{
	T_MSG *message = &messages[0].head.msgque;

	check(prcv_mbx(FIFO, &message), E_TMOUT, "[MBX-1] TA_MFIFO: empty at first");
	check(prcv_mbx(MPRI, &message), E_TMOUT, "[MBX-1] TA_MPRI: empty at first");
	check(prcv_mbx(MPRI_ALL, &message), E_TMOUT, "[MBX-1] TA_MPRI with heads of the application: empty at first");
	check(trcv_mbx(MPRI, &message, TMO_POL), E_TMOUT, "[MBX-1] trcv_mbx with TMO_POL");
	check(trcv_mbx(MPRI, &message, MSEC(1)), E_TMOUT, "[MBX-8] trcv_mbx waits for its time");
	check_that(message == &messages[0].head.msgque, "[MBX-8] after E_TMOUT the result is as it was");
}

static void fifo(void)
{
	T_MSG *message;

	check(send(FIFO, 1, 1), E_OK, "[MBX-4] snd_mbx");
	must(send(FIFO, 2, 1), E_OK);
	must(send(FIFO, 3, 1), E_OK);
	check(rcv_mbx(FIFO, &message), E_OK, "[MBX-7] rcv_mbx does not wait if there is a message");
	check_that(message == &messages[1].head.msgque && messages[1].number == 1, "[MBX-7] it gets the first, unchanged");
	must(send(FIFO, 4, 1), E_OK);
	must(trcv_mbx(FIFO, &message, MSEC(1)), E_OK);
	check_that(message == &messages[2].head.msgque && messages[2].number == 2, "[MBX-7] trcv_mbx the next");
	must(send(FIFO, 1, 1), E_OK);
	check(drain(FIFO), 341, "[MBX-4] the others in the order of sending, one of them sent again");

	must(send(FIFO, 5, 0), E_OK);
	must(send(FIFO, 6, -7), E_OK);
	must(send(FIFO, 7, TMAX_MPRI + 1), E_OK);
	must(send(FIFO, 8, 1), E_OK);
	check(drain(FIFO), 5678, "[MBX-6] TA_MFIFO: the place of a priority is not looked at");
}

static void priorities(void)
{
	bool right = true;
	UINT n;

	must(send(MPRI, 1, 3), E_OK);
	must(send(MPRI, 2, 1), E_OK);
	must(send(MPRI, 3, 4), E_OK);
	must(send(MPRI, 4, 1), E_OK);
	must(send(MPRI, 5, 2), E_OK);
	must(send(MPRI, 6, 3), E_OK);
	check(next(MPRI), 2, "[MBX-5] TA_MPRI: the most urgent message comes first");
	must(send(MPRI, 7, 1), E_OK);
	must(send(MPRI, 8, 3), E_OK);
	check(drain(MPRI), 4751683, "[MBX-5] by priority, equals in the order of sending");

	/* From the least urgent to the most, two of each. */
	for (n = 0; n < MESSAGES; n++)
		must(send(MPRI_ALL, n, TMAX_MPRI - (PRI)n / 2), E_OK);
	for (PRI pri = TMIN_MPRI; pri <= TMAX_MPRI; pri++) {
		right &= next(MPRI_ALL) == 2 * (TMAX_MPRI - pri);
		right &= next(MPRI_ALL) == 2 * (TMAX_MPRI - pri) + 1;
	}
	check_that(right && next(MPRI_ALL) == -1, "[MBX-5] all priorities, two messages of each");
	check_that(!mailbox_heads[0] && !mailbox_heads[1] && !mailbox_heads[HEAD_WORDS + 2] && !mailbox_heads[HEAD_WORDS + 3],
		   "[MBX-5] nothing is written beside the heads");
}

static void wrong_priorities(void)
{
	check(send(MPRI, 1, 0), E_PAR, "[MBX-6] TA_MPRI: priority 0");
	check(send(MPRI, 1, -1), E_PAR, "[MBX-6] TA_MPRI: priority -1");
	check(send(MPRI, 1, 5), E_PAR, "[MBX-6] TA_MPRI: a priority above maxmpri");
	check(send(MPRI_ALL, 1, TMAX_MPRI + 1), E_PAR, "[MBX-6] TA_MPRI: a priority above TMAX_MPRI");
	check(next(MPRI), -1, "[MBX-6] nothing was sent");
	agent_start(1, treceive_work, 1);
	check(marks(), 0, "[MBX-8] trcv_mbx waits while there is no message");
	check(send(MPRI, 1, 5), E_PAR, "[MBX-6] TA_MPRI: a priority above maxmpri, and a task waits");
	check(marks(), 0, "[MBX-6] it waits on");
	check(send(MPRI, 2, 4), E_OK, "[MBX-6] TA_MPRI: priority maxmpri");
	check_that(marks() == 1 && agent_result(1) == E_OK && received[1] == &messages[2].head.msgque, "[MBX-3] it gets the message");
}

static void receivers(void)
{
	agent_start(3, receive_work, 3);
	agent_start(1, receive_work, 1);
	agent_start(2, receive_work, 2);
	check(marks(), 0, "[MBX-8] rcv_mbx waits while there is no message");
	must(dis_dsp(), E_OK);
	must(send(FIFO, 1, 0), E_OK);
	check(next(FIFO), -1, "[MBX-3] a message for a waiting task goes to nobody else");
	must(send(FIFO, 2, 0), E_OK);
	must(send(FIFO, 3, 0), E_OK);
	must(send(FIFO, 4, 0), E_OK);
	must(ena_dsp(), E_OK);
	check(marks(), 123, "[MBX-3] waiting tasks go on");
	check_that(received[3] == &messages[1].head.msgque && received[1] == &messages[2].head.msgque &&
		   received[2] == &messages[3].head.msgque, "[MBX-3] the first message went to the first task, and so on");
	check(next(FIFO), 4, "[MBX-7] the message that nobody waited for is in the mailbox");
}

void main_task(VP_INT exinf)
{
	empty();
	fifo();
	priorities();
	wrong_priorities();
	receivers();
	tap_end();
}
