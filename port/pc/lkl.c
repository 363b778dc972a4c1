/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library kernel's machine on the bare machine (lkl/itron/machine.h): virtio
 * devices of the machine behind virtio-mmio, that words of the command line name
 * as they do for Linux, and QEMU's machine microvm puts there by itself:
 *
 *	virtio_mmio.device=SIZE@ADDRESS:LINE
 *
 * The library's drivers work on their registers directly; nothing lies between
 * but one feature bit: the device is shown with VIRTIO_F_ACCESS_PLATFORM, whether
 * it has it or not, since then the library uses bus addresses, not offsets into
 * the arena. To the device bus addresses are what it always gets.
 */
#include <errno.h>

#include <lkl-host.h>
#include <lkl/itron/machine.h>

#include "pc.h"

/* Registers of virtio-mmio */
enum {
	MAGIC = 0x00, VERSION = 0x04, DEVICE_ID = 0x08, FEATURES = 0x10, FEATURES_PAGE = 0x14, ACCEPTED = 0x20,
	ACCEPTED_PAGE = 0x24, INTERRUPT_STATUS = 0x60, STATUS = 0x70,
};

#define MAGIC_VALUE	0x74726976U		/* "virt" */
#define ACCESS_PLATFORM	(1U << 1)		/* in page 1 of the features */
#define OPTION		"virtio_mmio.device"
#define CPUID_RDRAND	(1U << 30)		/* leaf 1, ecx */

struct device {
	UD		base, size;
	uint32_t	features_page, accepted_page;
	bool		platform;		/* has that bit itself */
};

static struct device devices[MACHINE_DEVICES];
static unsigned int device_count;

static uint32_t read32(UD address)
{
	return *(volatile uint32_t *)address;
}

static void write32(UD address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static struct device *device_at(UD address)
{
	for (unsigned int i = 0; i < device_count; i++)
		if (address >= devices[i].base && address - devices[i].base < devices[i].size)
			return &devices[i];
	return NULL;
}

static UD access_plain(UD address, unsigned int size, int write, UD value)
{
	switch (size) {
	case 1:
		return write ? *(volatile uint8_t *)address = (uint8_t)value, 0 : *(volatile uint8_t *)address;
	case 2:
		return write ? *(volatile uint16_t *)address = (uint16_t)value, 0 : *(volatile uint16_t *)address;
	case 4:
		return write ? *(volatile uint32_t *)address = (uint32_t)value, 0 : *(volatile uint32_t *)address;
	default:
		return write ? *(volatile UD *)address = value, 0 : *(volatile UD *)address;
	}
}

static unsigned long long mmio(unsigned long address, unsigned int size, int write, unsigned long long value)
{
	struct device *device = device_at(address);

	if (!device)
		return ~0ULL;
	switch (address - device->base) {
	case FEATURES_PAGE:
		device->features_page = (uint32_t)value;
		break;
	case ACCEPTED_PAGE:
		device->accepted_page = (uint32_t)value;
		break;
	case FEATURES:
		if (!write && device->features_page == 1)
			return read32(address) | ACCESS_PLATFORM;
		break;
	case ACCEPTED:
		if (write && device->accepted_page == 1 && !device->platform)
			value &= ~(unsigned long long)ACCESS_PLATFORM;
		break;
	}
	return access_plain(address, size, write, value);
}

static char *put_text(char *at, const char *text)
{
	while (*text)
		*at++ = *text++;
	return at;
}

static char *put_number(char *at, UD number)
{
	if (number >= 16)
		at = put_number(at, number / 16);
	*at++ = "0123456789abcdef"[number % 16];
	return at;
}

/* A number as in C, in decimal or after 0x; *text moves behind it. */
static UD read_number(const char **text)
{
	unsigned int base = 10, digit;
	UD number = 0;

	if ((*text)[0] == '0' && (*text)[1] == 'x') {
		base = 16;
		*text += 2;
	}
	for (;; ++*text) {
		char c = **text;

		if (c >= '0' && c <= '9')
			digit = (unsigned int)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned int)(c - 'a') + 10;
		else
			return number;
		if (digit >= base)
			return number;
		number = number * base + digit;
	}
}

static int wrong(const char *why, UD base)
{
	vlog("lkl: " OPTION " at 0x%llx: %s", (unsigned long long)base, why);
	return -ENODEV;
}

/* SIZE@ADDRESS:LINE. Returns 0 also for a place without a device. */
static int add_device(const char *text, char **words)
{
	struct device device = { .size = read_number(&text) };
	uint32_t line;

	if (*text++ != '@')
		return wrong("SIZE@ADDRESS:LINE is wanted", 0);
	device.base = read_number(&text);
	if (*text++ != ':' || device.size < 0x100 || device.size > 0x1000)
		return wrong("SIZE@ADDRESS:LINE is wanted", device.base);
	line = (uint32_t)read_number(&text);
	if (!memory_map_device(device.base) || !memory_map_device(device.base + device.size - 1))
		return wrong("registers are looked for in the fourth gigabyte only", device.base);
	if (read32(device.base + MAGIC) != MAGIC_VALUE)
		return wrong("there is no virtio device", device.base);
	if (!read32(device.base + DEVICE_ID))
		return 0;
	if (read32(device.base + VERSION) != 2)
		return wrong("a legacy device; give QEMU -global virtio-mmio.force-legacy=off", device.base);
	if (device_count == MACHINE_DEVICES)
		return wrong("too many devices", device.base);
	if (!ioapic_route(line))
		return wrong("no IO-APIC has its interrupt line", device.base);
	write32(device.base + FEATURES_PAGE, 1);
	device.platform = read32(device.base + FEATURES) & ACCESS_PLATFORM;
	devices[device_count++] = device;
	*words = put_text(*words, device_count > 1 ? " " : "");
	*words = put_number(put_text(*words, OPTION "=0x"), device.size);
	*words = put_number(put_text(*words, "@0x"), device.base);
	*words = put_text(*words, ":");
	*(*words)++ = (char)('0' + device_count);
	**words = 0;
	return 0;
}

int machine_start(struct lkl_host_ops *ops, void *arena, INTNO intno, char *words)
{
	int error = 0;

	device_count = 0;
	*words = 0;
	ops->mmio = mmio;
	ops->bus_base = (UD)arena;
	handler_device_raises(intno);
	for (const char *text = option(OPTION); text && !error; text = option_next(text, OPTION))
		error = add_device(text, &words);
	return error;
}

void machine_stop(void)
{
	for (unsigned int i = 0; i < device_count; i++)
		write32(devices[i].base + STATUS, 0);
	device_count = 0;
}

UD machine_now(void)
{
	return port_cycles_to_ns(port_cycles());
}

/* What the processor offers. Without, the library gathers some itself. */
unsigned int machine_random(void *bytes, unsigned int length)
{
	UD value = 0;
	bool good;

	if (!(cpuid(1, 0).ecx & CPUID_RDRAND))
		return 0;
	for (unsigned int i = 0; i < length; i++) {
		if (i % sizeof(value) == 0) {
			__asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(good));
			if (!good)
				return i;
		}
		((uint8_t *)bytes)[i] = (uint8_t)(value >> i % sizeof(value) * 8);
	}
	return length;
}

BOOL machine_has_input(void)
{
	return false;
}

void machine_input(void)
{
}

UD machine_interrupts(void)
{
	UD numbers = 0;

	for (unsigned int i = 0; i < device_count; i++)
		if (read32(devices[i].base + INTERRUPT_STATUS))
			numbers |= 2UL << i;
	return numbers;
}
