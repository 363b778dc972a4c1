/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <unitron/ext.h>

void victim_task(VP_INT exinf);
void worker_task(VP_INT exinf);
void hog_task(VP_INT exinf);
void beat_cycle(VP_INT exinf);
void abuse_isr(VP_INT exinf);
