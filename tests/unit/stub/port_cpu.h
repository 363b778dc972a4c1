/* SPDX-License-Identifier: BSD-2-Clause */
/* A port for unit tests: they have one context, so nothing has to be masked, and no task ever runs. */
#pragma once

struct port_context {
	int unused;
};

static inline void port_lock(void)
{
}

static inline void port_unlock(void)
{
}
