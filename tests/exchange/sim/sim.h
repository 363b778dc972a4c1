/* SPDX-License-Identifier: BSD-2-Clause */
/* What the exchange's test in simulated time names in its .cfg. */
#pragma once

#include "tap.h"

void	main_task(VP_INT exinf);
void	partner_task(VP_INT exinf);

#define DATUM_RING	8
#define OUT_QUEUE	4		/* data in the kernel's queue of OUT_DATA, while its ring is full */
#define MESSAGE		40		/* bytes of the longest message */
#define BLOCKS		3
#define SLOTS		8		/* of the rings to map */
