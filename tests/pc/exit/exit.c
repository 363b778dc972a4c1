/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that ends at once; its last line must not be lost. */
#include "exit.h"

void exit_task(VP_INT exinf)
{
	vlog("the last line, %d", EXIT);
	vstp_sys(EXIT);
}
