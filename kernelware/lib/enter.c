/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw_enter, kw_leave: the whole process to kernel mode and back.
 */
#include <errno.h>

#include "internal.h"

int kw_enter(unsigned int flags)
{
	/* Anew each time: since the last one the module may have been unloaded and loaded again. */
	int error = kw_gates_learn();

	if (error != 0)
		return error;
	error = kw_request(KW_ENTER, flags);
	return error == -EBUSY ? 1 : error;
}

int kw_leave(void)
{
	return kw_request(KW_LEAVE, 0);
}
