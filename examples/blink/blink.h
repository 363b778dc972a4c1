/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

void blink_task(VP_INT exinf);
void blink_cycle(VP_INT exinf);
