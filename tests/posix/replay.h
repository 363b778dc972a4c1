/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "program.h"

#define WORKERS	4

void worker_task(VP_INT exinf);
void worker_exception(TEXPTN texptn, VP_INT exinf);
void tick_cycle(VP_INT exinf);
void device_isr(VP_INT exinf);
void end_alarm(VP_INT exinf);
void setup_task(VP_INT exinf);
