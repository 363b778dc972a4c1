/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>

/* The buffer of AREA, with one element before and one behind it. */
#define AREA_COUNT	2
extern VP_INT dataqueue_area[AREA_COUNT + 2];
