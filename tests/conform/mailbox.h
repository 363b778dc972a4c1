/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <itron/kernel.h>

/* The queue heads of MPRI_ALL, with two words before and two behind them. */
#define HEAD_WORDS	(TSZ_MPRIHD(TMAX_MPRI) / sizeof(VP))
extern VP mailbox_heads[HEAD_WORDS + 4];
