/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "program.h"

void worker_task(VP_INT exinf);
void worker_alarm(VP_INT exinf);
void worker_isr(VP_INT exinf);
void endless_isr(VP_INT exinf);
