/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

void jitter_cycle(VP_INT exinf);
void jitter_waiter(VP_INT exinf);
void jitter_reporter(VP_INT exinf);
