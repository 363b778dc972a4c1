/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kw_call: a kernel function with its arguments, through the module's gate.
 */
#include <errno.h>
#include <stdarg.h>

#include "internal.h"

long kw_call_counted(unsigned int count, unsigned long function, ...)
{
	unsigned long arguments[KW_ARGUMENTS] = { 0 };
	va_list list;
	int error;

	/* A gate in user mode would be a jump to where the program may not go. */
	if (!kw_active())
		return -EPERM;
	if (count > KW_ARGUMENTS)
		return -E2BIG;
	error = kw_gates();
	if (error != 0)
		return error;
	va_start(list, function);
	for (unsigned int i = 0; i < count; i++)
		arguments[i] = va_arg(list, unsigned long);
	va_end(list);
	return kw_gate_call(function, arguments, count > 6 ? count - 6 : 0, kw_gate_info.gate_call);
}
