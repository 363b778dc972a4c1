/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>
#include <unitron/ext.h>

void	high_task(VP_INT exinf);
void	low_task(VP_INT exinf);
void	beat(VP_INT exinf);
void	device(VP_INT exinf);
void	undefined(VP p_excinf);
