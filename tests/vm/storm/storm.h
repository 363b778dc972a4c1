/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <unitron/ext.h>

void worker_task(VP_INT exinf);
void sleeper_task(VP_INT exinf);
void fast_cycle(VP_INT exinf);
void count_isr(VP_INT exinf);
void bell_isr(VP_INT exinf);
void quiet_isr(VP_INT exinf);
void quiet_task(VP_INT exinf);
void event(VP_INT exinf);
void bell_task(VP_INT exinf);
void report_isr(VP_INT exinf);
