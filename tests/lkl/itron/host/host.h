/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

void main_task(VP_INT exinf);
void partner_task(VP_INT exinf);
void beat_task(VP_INT exinf);
void cycle(VP_INT exinf);
