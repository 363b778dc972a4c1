/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The application that the processes of these tests talk to: it gives back what
 * it gets, kind by kind, and watches that its own time goes on.
 */
#pragma once

#include <unitron/ext.h>
#include <unitron/exchange_app.h>

#define RING		64
#define MESSAGE		1000		/* bytes of the longest message */
#define COUNT_MAX	1000
#define BIT_STAY	0x40000000U	/* set also in the flag that nobody's looking clears */
#define BIT_GO		0x20000000U	/* clear that one */
#define SLOTS		256		/* of the rings */
#define WORDS		8		/* of their messages */

void	echo_data(VP_INT exinf);
void	echo_messages(VP_INT exinf);
void	echo_bits(VP_INT exinf);
void	echo_counts(VP_INT exinf);
void	echo_ring(VP_INT exinf);
void	beat(VP_INT exinf);
void	beat_initialize(VP_INT exinf);
VP_INT	beats_so_far(void);
void	report_timing(void);
void	report(VP_INT exinf);
