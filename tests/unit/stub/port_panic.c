/* SPDX-License-Identifier: BSD-2-Clause */
/* A broken invariant ends a unit test, which has failed then. */
#include <stdio.h>
#include <stdlib.h>
#include <unitron/port.h>

void port_panic(const char *why)
{
	printf("Bail out! %s\n", why);
	exit(1);
}
