/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "tap.h"

void	main_task(VP_INT exinf);
void	count_cycle(VP_INT exinf);
