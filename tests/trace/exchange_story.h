/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>
#include <unitron/exchange_app.h>
#include <unitron/ext.h>

void	receiver_task(VP_INT exinf);
void	linux_task(VP_INT exinf);
