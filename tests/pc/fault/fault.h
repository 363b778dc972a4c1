/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

void faulty_task(VP_INT exinf);
void busy_task(VP_INT exinf);
void cycle_handler(VP_INT exinf);
