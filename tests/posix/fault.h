/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "program.h"

void faulty_task(VP_INT exinf);
void faulty_alarm(VP_INT exinf);
void faulty_init(VP_INT exinf);
