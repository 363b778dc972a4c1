/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

void main_task(VP_INT exinf);
void work_task(VP_INT exinf);
void interrupt(void);
void alarm_handler(VP_INT exinf);
