/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mailbox's control block: a list of messages, or with TA_MPRI one list
 * for each message priority and a bit for each that is not empty. The lists
 * run through the messages' own link words. No task waits while there is a
 * message.
 */
#pragma once

#include "config.h"
#include "waitable.h"

struct message_list {
	T_MSG	*first;			/* NULL: empty */
	T_MSG	*last;
};

struct mailbox {
	struct waitable wait;
	const struct mbx_init *init;
	struct message_list *lists;	/* &list, or the area mprihd */
	UD	levels;			/* bit n: lists[n] is not empty */
	struct message_list list;
};

extern struct mailbox kernel_mbx[];

void	kernel_mailbox_initialize(void);
