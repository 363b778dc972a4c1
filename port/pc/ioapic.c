/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IO-APICs: lines of devices become messages to the local APIC. Lines are
 * edge-triggered here, active high. Up to two IO-APICs, at their usual addresses;
 * the second one's lines follow the first one's.
 */
#include "pc.h"

#define IOAPIC_AT	0xfec00000UL
#define IOAPIC_2_AT	0xfec10000UL
#define SELECT		0x00
#define WINDOW		0x10
#define VERSION		0x01
#define ENTRY(line)	(0x10 + 2 * (line))

#define ABSENT		0xffffffffU

static uint32_t ioapic_read(UD at, uint32_t which)
{
	*(volatile uint32_t *)(at + SELECT) = which;
	return *(volatile uint32_t *)(at + WINDOW);
}

static void ioapic_write(UD at, uint32_t which, uint32_t value)
{
	*(volatile uint32_t *)(at + SELECT) = which;
	*(volatile uint32_t *)(at + WINDOW) = value;
}

static uint32_t line_count(UD at)
{
	uint32_t version = ioapic_read(at, VERSION);

	return version == ABSENT || version == 0 ? 0 : (version >> 16 & 0xff) + 1;
}

bool ioapic_route(uint32_t line)
{
	UD at = IOAPIC_AT;
	uint32_t count = line_count(at);

	if (line >= count) {
		line -= count;
		at = IOAPIC_2_AT;
		count = line_count(at);
	}
	if (line >= count)
		return false;
	ioapic_write(at, ENTRY(line) + 1, lapic_id() << 24);
	ioapic_write(at, ENTRY(line), VECTOR_DEVICE);
	return true;
}
