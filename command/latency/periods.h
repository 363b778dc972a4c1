/* SPDX-License-Identifier: BSD-2-Clause */
/* Macros only, for latency.cfg. The period of a uITRON cyclic handler is constant, so there is one for each of these. In us. */
#pragma once

#define LATENCY_PERIODS(PERIOD) \
	PERIOD(100) PERIOD(200) PERIOD(250) PERIOD(500) PERIOD(1000) PERIOD(2000) PERIOD(5000) PERIOD(10000) PERIOD(20000) PERIOD(50000) PERIOD(100000)
