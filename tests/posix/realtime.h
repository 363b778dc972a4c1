/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "program.h"

void control_task(VP_INT exinf);
void busy_task(VP_INT exinf);
void waiter_task(VP_INT exinf);
void raised_exception(TEXPTN texptn, VP_INT exinf);
void cycle(VP_INT exinf);
void rotate(VP_INT exinf);
void device_isr(VP_INT exinf);

/* realtime_fpu.c */
void sum_task(VP_INT exinf);
