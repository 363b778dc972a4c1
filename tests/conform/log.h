/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <unitron/ext.h>

void log_initial(VP_INT exinf);
void log_alarm(VP_INT exinf);
void log_fault(VP p_excinf);
