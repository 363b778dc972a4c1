/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

#define EXINF	((VP_INT)0x5a5a5a5a5a5a)

void main_task(VP_INT exinf);
void work_task(VP_INT exinf);
void main_texrtn(TEXPTN texptn, VP_INT exinf);
void work_texrtn(TEXPTN texptn, VP_INT exinf);
void interrupt(void);
void alarm_handler(VP_INT exinf);
