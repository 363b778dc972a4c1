/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>
#include <unitron/ext.h>
#include <unitron/exchange_app.h>

#define SLOTS 4096		/* of a ring */
#define WORDS 8			/* 8 bytes each, of a message */
#define BATCH 1024		/* messages of a call */

void	arrival_task(VP_INT exinf);
void	stamp_task(VP_INT exinf);
void	drain_task(VP_INT exinf);
void	fill_task(VP_INT exinf);
