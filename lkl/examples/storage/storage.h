/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

void sampling(VP_INT exinf);
void recorder_task(VP_INT exinf);
