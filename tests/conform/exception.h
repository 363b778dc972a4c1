/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

void main_task(VP_INT exinf);
void victim_task(VP_INT exinf);
void high_task(VP_INT exinf);
void divide_handler(VP p_excinf);
void opcode_handler(VP p_excinf);
void protection_handler(VP p_excinf);
void page_handler(VP p_excinf);
void stack_handler(VP p_excinf);
void double_handler(VP p_excinf);
void breakpoint_handler(VP p_excinf);
void budget_handler(VP p_excinf);
