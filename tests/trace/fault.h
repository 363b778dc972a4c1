/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>
#include <unitron/ext.h>

void	steady_task(VP_INT exinf);
void	faulty_task(VP_INT exinf);
void	next_task(VP_INT exinf);
