/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address space: every page that something lies in is mapped to itself,
 * with the rights that it needs, and nothing else is. So page 0, a stray
 * pointer and the page below a stack all fault. Page table entries for the
 * whole memory (at most the first gigabyte) form one array behind the image;
 * the rest is handed out, never taken back, by port_stack.
 *
 * Written at start-up only, but for devices.
 */
#include "pc.h"

#define PTE_PRESENT	0x1UL
#define PTE_WRITE	0x2UL
#define PTE_UNCACHED	0x18UL
#define PTE_LARGE	0x80UL
#define PTE_NX		(1UL << 63)
#define PTE_TABLE	(PTE_PRESENT | PTE_WRITE)
#define PTE_DATA	(PTE_PRESENT | PTE_WRITE | PTE_NX)
#define PTE_DEVICE	(PTE_PRESENT | PTE_WRITE | PTE_NX | PTE_UNCACHED | PTE_LARGE)

#define ENTRIES		512UL
#define LARGE_PAGE	(ENTRIES * PAGE_BYTES)
#define GIGABYTE	(ENTRIES * LARGE_PAGE)

/* The IO-APIC and the HPET; the local APIC. In the fourth gigabyte. */
#define DEVICES_AT	0xfec00000UL
#define LAPIC_AT	0xfee00000UL

/*
 * What a stack holds beyond what its task asked for: the frame of an interrupt
 * and of the switch after it; saved FPU registers, once at the top and once
 * around a task exception routine that comes by an interrupt.
 */
#define STACK_MARGIN	2560UL

extern char image_start[], text_end[], rodata_end[], image_end[];
extern char idle_stack_guard[], handler_stack_guard[], fault_stack_guard[], nmi_stack_guard[], double_fault_stack_guard[];

static UD root[ENTRIES] __attribute__((aligned(4096)));
static UD pointers[ENTRIES] __attribute__((aligned(4096)));
static UD directory[ENTRIES] __attribute__((aligned(4096)));
static UD devices[ENTRIES] __attribute__((aligned(4096)));

static UD *entries;			/* of page n at n */
static UD limit;			/* end of the memory */
static UD next;				/* first address not given away */

static UD round_up(UD value, UD unit)
{
	return (value + unit - 1) / unit * unit;
}

static void map(UD from, UD to, UD rights)
{
	for (; from < to; from += PAGE_BYTES)
		entries[from / PAGE_BYTES] = from | rights;
}

static void unmap(void *page)
{
	entries[(UD)page / PAGE_BYTES] = 0;
}

void memory_setup(UD memory_end)
{
	UD pages;

	limit = memory_end < GIGABYTE ? memory_end & ~(PAGE_BYTES - 1) : GIGABYTE;
	pages = round_up(limit, LARGE_PAGE) / PAGE_BYTES;
	entries = (UD *)(UD)image_end;
	next = (UD)image_end + pages * sizeof(entries[0]);
	if (next > limit)
		refuse("the image does not fit the memory; give QEMU more by -m");

	for (UD page = 0; page < pages; page++)
		entries[page] = 0;
	map((UD)image_start, (UD)text_end, PTE_PRESENT);
	map((UD)text_end, (UD)rodata_end, PTE_PRESENT | PTE_NX);
	map((UD)rodata_end, next, PTE_DATA);
	unmap(idle_stack_guard);
	unmap(handler_stack_guard);
	unmap(fault_stack_guard);
	unmap(nmi_stack_guard);
	unmap(double_fault_stack_guard);

	for (UD table = 0; table < pages / ENTRIES; table++)
		directory[table] = (UD)&entries[table * ENTRIES] | PTE_TABLE;
	devices[DEVICES_AT % GIGABYTE / LARGE_PAGE] = DEVICES_AT | PTE_DEVICE;
	devices[LAPIC_AT % GIGABYTE / LARGE_PAGE] = LAPIC_AT | PTE_DEVICE;
	pointers[0] = (UD)directory | PTE_TABLE;
	pointers[DEVICES_AT / GIGABYTE] = (UD)devices | PTE_TABLE;
	root[0] = (UD)pointers | PTE_TABLE;
	__asm__ volatile("movq %0, %%cr3" :: "r"(root) : "memory");
}

/* An entry that was absent is in no TLB: the store is all. */
bool memory_map_device(UD address)
{
	if (address / GIGABYTE != DEVICES_AT / GIGABYTE)
		return false;
	address -= address % LARGE_PAGE;
	devices[address % GIGABYTE / LARGE_PAGE] = address | PTE_DEVICE;
	return true;
}

bool memory_writable(UD address)
{
	UD rights = PTE_PRESENT | PTE_WRITE;

	return address < limit && (entries[address / PAGE_BYTES] & rights) == rights;
}

SIZE stack_extent(SIZE size)
{
	return round_up(size + STACK_MARGIN, PAGE_BYTES);
}

bool memory_stack_guard(UD address)
{
	struct port_context *context = port_current;
	UD stack = (UD)context->stack;

	return context->stack && address < stack && address >= stack - PAGE_BYTES;
}

/* The machine starts once, so that no index comes twice. */
void *port_stack(unsigned int index, SIZE size)
{
	UD stack = next + PAGE_BYTES;

	if (size > limit || stack + stack_extent(size) > limit)
		return NULL;
	next = stack + stack_extent(size);
	map(stack, next, PTE_DATA);
	return (void *)stack;
}
