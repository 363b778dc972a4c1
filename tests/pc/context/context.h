/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

void holding_task(VP_INT exinf);
void holding_exception(TEXPTN texptn, VP_INT exinf);
void waking_task(VP_INT exinf);
void end_task(VP_INT exinf);
void cycle_handler(VP_INT exinf);
void raised_handler(VP_INT exinf);
