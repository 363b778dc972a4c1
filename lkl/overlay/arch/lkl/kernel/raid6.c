// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/raid6 lists x86's vector versions wherever the compiler is one for x86-64,
 * but builds them for arch/x86 only. Here they exist and are never valid.
 */
#include <linux/raid/pq.h>

static int never(void)
{
	return 0;
}

#define RAID6_ABSENT(label)	const struct raid6_calls label = { .valid = never, .name = #label }

RAID6_ABSENT(raid6_sse2x1);
RAID6_ABSENT(raid6_sse2x2);
RAID6_ABSENT(raid6_sse2x4);
RAID6_ABSENT(raid6_avx2x1);
RAID6_ABSENT(raid6_avx2x2);
RAID6_ABSENT(raid6_avx2x4);
