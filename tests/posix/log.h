/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "program.h"

void writer_task(VP_INT exinf);
void writer_alarm(VP_INT exinf);
