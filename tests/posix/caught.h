/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "program.h"

#define ROUNDS	50

void faulty_task(VP_INT exinf);
void witness_task(VP_INT exinf);
void urgent_task(VP_INT exinf);
void fault_handler(VP p_excinf);
void budget_handler(VP p_excinf);
