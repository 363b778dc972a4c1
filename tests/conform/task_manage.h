/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

#define EXINF		((VP_INT)&exinf_target)	/* one that needs all its bits */
extern int exinf_target;

void main_task(VP_INT exinf);
void start_task(VP_INT exinf);
void work_task(VP_INT exinf);
void exinf_task(VP_INT exinf);
void fresh_task(VP_INT exinf);
void fresh_texrtn(TEXPTN texptn, VP_INT exinf);
