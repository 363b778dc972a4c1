// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Linux half's part of exchange/host.h, linked with EXCHANGE = 1: memory
 * for rings that processes map, and the bell. Process context.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "app.h"

extern const unsigned int exchange_count;

void exchange_host_bell(unsigned int intno);

static void **rings;

/* Processes that have mapped the old pages keep them. */
void *application_ring(unsigned int object, size_t size)
{
	if (!rings)
		rings = kcalloc(exchange_count, sizeof(*rings), GFP_KERNEL);
	if (!rings)
		return NULL;
	if (size) {
		vfree(rings[object]);
		rings[object] = vmalloc_user(PAGE_ALIGN(size));
	}
	return rings[object];
}

void application_rings_free(void)
{
	for (unsigned int i = 0; rings && i < exchange_count; i++)
		vfree(rings[i]);
	kfree(rings);
}

void exchange_host_bell(unsigned int intno)
{
	unitron_raise(intno);
}
