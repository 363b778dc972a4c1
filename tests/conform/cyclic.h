/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>

void cyclic_handler(VP_INT exinf);
