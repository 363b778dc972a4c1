/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

#define WORKERS		8
#define WORKER_PRI	20

void main_task(VP_INT exinf);
void work_task(VP_INT exinf);
void waiter_task(VP_INT exinf);
void interrupt(VP_INT exinf);
void alarm_handler(VP_INT exinf);
