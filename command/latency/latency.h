/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>
#include <unitron/exchange_app.h>
#include <unitron/ext.h>
#include "protocol.h"

void	latency_cycle(VP_INT exinf);
void	latency_task(VP_INT exinf);
void	latency_control(VP_INT exinf);
