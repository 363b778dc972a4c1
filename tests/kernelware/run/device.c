/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests without the module: gates that do not exist. With KW_TEST=native,
 * trampolines are those of the product, which go on to the trap in user mode;
 * else they are those of tail.c here, told by an impossible gate.
 */
#include <stdlib.h>
#include <string.h>

#include "../../../kernelware/tools/kw/kw.h"

bool device_info(struct kw_info *info)
{
	const char *test = getenv("KW_TEST");

	*info = (struct kw_info){ .abi = KW_ABI, .gate_count = 451, .gate = 1, .gate_stride = 64, .gate_any = 1 };
	if (test && strcmp(test, "native") == 0)
		info->gate_any = 2;
	return true;
}

int command_status(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}
