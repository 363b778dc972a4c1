/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

#define EXINF	((VP_INT)0x123456789abc)

void main_task(VP_INT exinf);
void high_task(VP_INT exinf);
void early_task(VP_INT exinf);
void initial(VP_INT exinf);
void handler_1(void);
void handler_7(void);
void routine(VP_INT exinf);
void alarm_handler(VP_INT exinf);
