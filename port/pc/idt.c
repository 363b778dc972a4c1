/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables that the processor reads at an interrupt or exception: the IDT,
 * and in the GDT the task state segment with the stacks for exceptions.
 * Interrupts that should not come end in vector 11: their gates are absent.
 * Written at start-up only.
 */
#include "pc.h"

#define GATE_INTERRUPT	0x8eU		/* present, ring 0, interrupts go off */
#define GATE_ABSENT	0x0eU		/* as that, but vector 11 instead */
#define TSS_AVAILABLE	0x89UL

#define EXCEPTIONS	20U
#define VECTORS		256U

struct gate {
	uint16_t	offset_low;
	uint16_t	selector;
	uint8_t		ist;
	uint8_t		type;
	uint16_t	offset_middle;
	uint32_t	offset_high;
	uint32_t	reserved;
};

struct task_state {
	uint32_t	reserved;
	UD		rsp[3];
	UD		reserved_1;
	UD		ist[7];
	UD		reserved_2;
	uint16_t	reserved_3;
	uint16_t	io_map;
} __attribute__((packed));

struct table_pointer {
	uint16_t	limit;
	UD		base;
} __attribute__((packed));

extern void (*const exception_entries[EXCEPTIONS])(void);
void interrupt_timer(void);
void interrupt_raise(void);
void interrupt_device(void);
void interrupt_spurious(void);

extern UD boot_gdt[5];
extern char fault_stack_top[], nmi_stack_top[], double_fault_stack_top[];

static struct gate idt[VECTORS];
static struct task_state task_state;

static void set_gate(unsigned int vector, void (*entry)(void), uint8_t ist)
{
	idt[vector] = (struct gate){
		.offset_low = (uint16_t)(UD)entry,
		.offset_middle = (uint16_t)((UD)entry >> 16),
		.selector = SELECTOR_CODE,
		.ist = ist,
		.type = GATE_INTERRUPT,
	};
}

static void load_task_state(void)
{
	UD base = (UD)&task_state;

	task_state.ist[IST_FAULT - 1] = (UD)fault_stack_top;
	task_state.ist[IST_NMI - 1] = (UD)nmi_stack_top;
	task_state.ist[IST_DOUBLE_FAULT - 1] = (UD)double_fault_stack_top;
	task_state.io_map = sizeof(task_state);

	boot_gdt[SELECTOR_TSS / 8] = (sizeof(task_state) - 1) | (base & 0xffffff) << 16 | TSS_AVAILABLE << 40 |
		(base >> 24 & 0xff) << 56;
	boot_gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
	__asm__ volatile("ltr %w0" :: "r"(SELECTOR_TSS) : "memory");
}

void idt_setup(void)
{
	struct table_pointer gdt_pointer = { 5 * sizeof(UD) - 1, (UD)boot_gdt };
	struct table_pointer idt_pointer = { sizeof(idt) - 1, (UD)idt };

	for (unsigned int vector = 0; vector < VECTORS; vector++)
		idt[vector].type = GATE_ABSENT;
	for (unsigned int vector = 0; vector < EXCEPTIONS; vector++)
		set_gate(vector, exception_entries[vector], IST_FAULT);
	set_gate(2, exception_entries[2], IST_NMI);
	set_gate(EXCNO_DF, exception_entries[EXCNO_DF], IST_DOUBLE_FAULT);
	set_gate(VECTOR_TIMER, interrupt_timer, 0);
	set_gate(VECTOR_RAISE, interrupt_raise, 0);
	set_gate(VECTOR_DEVICE, interrupt_device, 0);
	set_gate(VECTOR_SPURIOUS, interrupt_spurious, 0);

	__asm__ volatile("lgdt %0" :: "m"(gdt_pointer) : "memory");
	load_task_state();
	__asm__ volatile("lidt %0" :: "m"(idt_pointer) : "memory");
}
