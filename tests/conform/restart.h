/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

void main_task(VP_INT exinf);
void first_task(VP_INT exinf);
void waiter_task(VP_INT exinf);
void waiter_texrtn(TEXPTN texptn, VP_INT exinf);
void nothing(VP_INT exinf);
void count_handler(VP_INT exinf);
