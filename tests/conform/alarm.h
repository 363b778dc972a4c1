/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>

void alarm_handler(VP_INT exinf);
