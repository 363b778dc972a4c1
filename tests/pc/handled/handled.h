/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

void main_task(VP_INT exinf);
void victim_task(VP_INT exinf);
void high_task(VP_INT exinf);
void exception_handler(VP p_excinf);
