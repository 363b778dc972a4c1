/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>

/* The blocks of AREA, with one word before and one behind them. */
#define AREA_BLOCKS	4
#define AREA_SIZE	21
#define AREA_WORDS	(TSZ_MPF(AREA_BLOCKS, AREA_SIZE) / sizeof(VP))
extern VP mempool_area[AREA_WORDS + 2];

#define MANY_BLOCKS	100
#define MANY_SIZE	56
