/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

void main_task(VP_INT exinf);
void main_texrtn(TEXPTN texptn, VP_INT exinf);
void sleeper_task(VP_INT exinf);
void ending_task(VP_INT exinf);
void nothing(VP_INT exinf);
void initial(VP_INT exinf);
void alarm_handler(VP_INT exinf);
void exception_handler(VP p_excinf);
