/* SPDX-License-Identifier: BSD-2-Clause */
/* The phases of the measurement (jitter.c) and what the last one hands over (critical.c). */
#pragma once

#include <unitron/ext.h>

#define WARM_UP		20
#define CRITICALS	(WARM_UP + JITTER_N)

extern UW critical_latency[CRITICALS];

void jitter_cycle(VP_INT exinf);
void jitter_waiter(VP_INT exinf);
void jitter_reporter(VP_INT exinf);

void critical_event(VP_INT exinf);
void critical_other(VP_INT exinf);
void critical_caller(VP_INT exinf);
void critical_taker(VP_INT exinf);
void critical_receiver(VP_INT exinf);
void critical_follower(VP_INT exinf);
