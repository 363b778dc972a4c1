/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>
#include <unitron/ext.h>

void	caller_task(VP_INT exinf);
