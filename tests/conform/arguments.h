/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program on bad arguments consists of arguments.c, which makes the calls,
 * and of arguments_state.c, which sets all objects up and looks at them.
 */
#pragma once

#include "tap.h"

#define RANDOM_CALLS	24000
#define BLOCK_SIZE	24

/* Bring every object into a state that a wrong call could change. MAIN, once. */
void	state_set_up(void);
/* A number made from all that can be asked about all objects, which stay as they are. MAIN, unlocked. */
UD	state_checksum(void);
/* Let the tasks run that are ready below MAIN; did they keep their order? They are ready again then. */
bool	state_order_kept(void);
/* End all waits in the regular way, and see that each gets what it should: TAP points. */
void	state_wind_up(void);

extern VP main_block;			/* of POOL, taken */
extern T_MSG_PRI main_message;		/* not in a mailbox */

void main_task(VP_INT exinf);
void waiter_task(VP_INT exinf);
void count_task(VP_INT exinf);
void order_task(VP_INT exinf);
void holder_task(VP_INT exinf);
void waiter_texrtn(TEXPTN texptn, VP_INT exinf);
void count_handler(VP_INT exinf);
