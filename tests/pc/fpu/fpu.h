/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

extern volatile UINT sums[3];
extern volatile UINT exceptions;

void computing_task(VP_INT exinf);
void computing_exception(TEXPTN texptn, VP_INT exinf);
void short_task(VP_INT exinf);
void end_task(VP_INT exinf);
void cycle_handler(VP_INT exinf);
