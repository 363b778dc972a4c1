/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a build with SAN=1 adds. Nothing is freed at the end of such a process,
 * and a leak check would have to stop it to look: it is switched off.
 */
#include "sanitize.h"

const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

void sanitize_prepare(void (*at_death)(void))
{
	__sanitizer_set_death_callback(at_death);
}
