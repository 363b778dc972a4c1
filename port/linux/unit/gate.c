// SPDX-License-Identifier: GPL-2.0-only
/*
 * The places of Linux that the unit changes, all in this file: gate 2 of the
 * IDT, the interrupt stacks 6 and 7 of every possible CPU, and pages in the
 * CPU entry area's part of the address space for the stub and Linux's slots
 * (which the user page tables share). No byte of Linux's text is changed.
 *
 * Order: the stacks of all CPUs before the gate; back: the gate, and copies of
 * it, then every CPU passes through the kernel once, then the stacks.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>
#include <asm/apic.h>
#include <asm/desc.h>
#include <asm/fpu/xcr.h>
#include <asm/io.h>
#include <asm/processor.h>
#include <asm/trapnr.h>
#include "../../../linux/nmi_gate.h"
#include "rt.h"
#include "unit.h"

struct rt_cpu rt_cpu;
EXPORT_SYMBOL_GPL(rt_cpu);

#define NMI_STACK_SIZE		4096
#define FAULT_STACK_SIZE	8192
#define HANDLER_STACK_SIZE	16384
#define CODE_ALIAS		GATE_ALIAS
#define SLOT_ALIAS(cpu)		(GATE_ALIAS + (1 + (cpu)) * PAGE_SIZE)

static struct {
	void *code;			/* the stub's page */
	void *window;			/* writable alias of the IDT's page, as long as the gate is ours */
	gate_desc *idt;			/* the real-time side's */
	void *fault_stack, *handler_stack, *fpu;
	struct rt_slot *handler_slots;
	struct rt_cpu **cpus;
	u64 saved_gate[2];
} gate;

static struct rt_cpu *cpu_of(unsigned int cpu)
{
	return cpu == unit_settings.cpu ? &rt_cpu : gate.cpus[cpu];
}

static u64 alias_of(const char *symbol)
{
	return CODE_ALIAS + (symbol - rt_entry_begin);
}

size_t unitron_fpu_size(void)
{
	return ALIGN(cpuid_ebx(0xd), 64);
}
EXPORT_SYMBOL_GPL(unitron_fpu_size);

/* Exchange gate 2 in one piece. False if it is not from. */
static bool gate_exchange(const u64 from[2], const u64 to[2])
{
	gate_desc *to_change = (gate_desc *)(gate.window + offset_in_page(unit_symbols.idt_table)) + X86_TRAP_NMI;
	u64 low = from[0], high = from[1];
	bool done;

	asm volatile("lock cmpxchg16b %1; setz %0"
		     : "=q" (done), "+m" (*(struct { u64 word[2]; } *)to_change),
		       "+a" (low), "+d" (high)
		     : "b" (to[0]), "c" (to[1]) : "memory");
	return done;
}

static void slot_init(struct rt_slot *slot, struct rt_cpu *cpu)
{
	slot->cpu = cpu;
	slot->cr3_mask = boot_cpu_has(X86_FEATURE_PTI) ? ~0x1800ULL : ~0ULL;
	slot->noflush = boot_cpu_has(X86_FEATURE_PCID) ? 1ULL << 63 : 0;
}

static void slots_init(struct rt_context *context, struct rt_cpu *cpu)
{
	for (int i = 0; i < 2; i++) {
		slot_init(&context->slot[i], cpu);
		context->end[i] = (u64)&context->slot[i].cpu;
	}
}

static int window_map(void)
{
	struct page *page = virt_to_page(unit_symbols.idt_table);

	gate.window = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	return gate.window ? 0 : -ENOMEM;
}

static int code_map(void)
{
	gate.code = (void *)get_zeroed_page(GFP_KERNEL);
	if (!gate.code)
		return -ENOMEM;
	memcpy(gate.code, rt_entry_begin, rt_entry_end - rt_entry_begin);
	*(void **)(gate.code + (rt_entry_linux - rt_entry_begin)) = unit_symbols.asm_exc_nmi;
	unit_symbols.set_pte_vaddr(CODE_ALIAS, pfn_pte(__pa(gate.code) >> PAGE_SHIFT, PAGE_KERNEL_ROX));
	return 0;
}

/* What every CPU needs to have its NMIs passed on */
static int cpu_setup(unsigned int number)
{
	struct rt_cpu *cpu = cpu_of(number);
	struct tss_struct *tss = &per_cpu(cpu_tss_rw, number);
	void *page = (void *)get_zeroed_page(GFP_KERNEL);
	void *stack = kmalloc(NMI_STACK_SIZE, GFP_KERNEL);

	if (!page || !stack) {
		free_page((unsigned long)page);
		kfree(stack);
		return -ENOMEM;
	}
	unit_symbols.set_pte_vaddr(SLOT_ALIAS(number), pfn_pte(__pa(page) >> PAGE_SHIFT, PAGE_KERNEL));
	cpu->linux_context.slot = (void *)SLOT_ALIAS(number);
	slots_init(&cpu->linux_context, cpu);
	cpu->attention = 1;
	cpu->cur = &cpu->linux_context;
	cpu->number = number;
	cpu->apic_id = per_cpu(x86_cpu_to_apicid, number);
	cpu->gs_base = per_cpu_offset(number);
	cpu->nmi_stack = (u64)stack + NMI_STACK_SIZE;
	cpu->deliver = (u64)rt_deliver;
	cpu->linux_nmi_top = tss->x86_tss.ist[IST_INDEX_NMI];
	cpu->ist = &tss->x86_tss.ist[5];
	cpu->exit = cpu->exit_begin = alias_of(rt_exit);
	cpu->exit_end = alias_of(rt_exit_end);
	cpu->backtrace_mask = (void *)&unit_symbols.backtrace_mask[number / BITS_PER_LONG];
	cpu->backtrace_bit = BIT(number % BITS_PER_LONG);
	rt_slot_expose(cpu, &cpu->linux_context);
	return 0;
}

static void cpu_clear(unsigned int number)
{
	struct rt_cpu *cpu = cpu_of(number);
	struct tss_struct *tss = &per_cpu(cpu_tss_rw, number);
	unsigned int level;
	pte_t *pte;

	if (!cpu || !cpu->nmi_stack)
		return;
	tss->x86_tss.ist[5] = 0;
	tss->x86_tss.ist[6] = 0;
	pte = lookup_address(SLOT_ALIAS(number), &level);
	if (pte && pte_present(*pte)) {
		void *page = __va(pte_pfn(*pte) << PAGE_SHIFT);

		unit_symbols.set_pte_vaddr(SLOT_ALIAS(number), __pte(0));
		unit_symbols.flush_tlb_all();
		free_page((unsigned long)page);
	}
	kfree((void *)(cpu->nmi_stack - NMI_STACK_SIZE));
	cpu->nmi_stack = 0;
}

/* Linux's IDT with the exceptions and the NMI ours */
static int idt_build(struct rt_cpu *cpu, const u64 nmi_gate[2])
{
	struct tss_struct *tss = &per_cpu(cpu_tss_rw, cpu->number);

	gate.idt = vzalloc(PAGE_SIZE);
	gate.fault_stack = vzalloc(FAULT_STACK_SIZE);
	if (!gate.idt || !gate.fault_stack)
		return -ENOMEM;
	memcpy(gate.idt, unit_symbols.idt_table, IDT_ENTRIES * sizeof(gate_desc));
	for (unsigned int vector = 0; vector < ARRAY_SIZE(rt_fault_entries); vector++) {
		/* 9 and 15 do not exist; a machine check stays Linux's. */
		if (vector != X86_TRAP_NMI && vector != 9 && vector != 15 && vector != X86_TRAP_MC)
			pack_gate(&gate.idt[vector], GATE_INTERRUPT, rt_fault_entries[vector], 0, 7, __KERNEL_CS);
	}
	memcpy(&gate.idt[X86_TRAP_NMI], nmi_gate, sizeof(gate_desc));
	*(u64 *)(gate.fault_stack + FAULT_STACK_SIZE - 64) = (u64)cpu;
	tss->x86_tss.ist[6] = (u64)gate.fault_stack + FAULT_STACK_SIZE - 64;
	cpu->rt_idt.limit = IDT_ENTRIES * sizeof(gate_desc) - 1;
	cpu->rt_idt.base = (u64)gate.idt;
	return 0;
}

/* What only the real-time CPU has */
static int rt_cpu_setup(const u64 nmi_gate[2])
{
	struct rt_cpu *cpu = &rt_cpu;

	gate.handler_stack = vzalloc(HANDLER_STACK_SIZE);
	gate.handler_slots = kcalloc(2, sizeof(struct rt_slot), GFP_KERNEL);
	gate.fpu = kzalloc(2 * unitron_fpu_size() + 64, GFP_KERNEL);
	if (!gate.handler_stack || !gate.handler_slots || !gate.fpu)
		return -ENOMEM;
	cpu->handler.slot = gate.handler_slots;
	slots_init(&cpu->handler, cpu);
	cpu->handler_stack = (u64)gate.handler_stack + HANDLER_STACK_SIZE - 64;
	slot_init(&cpu->handler_start, cpu);
	cpu->handler_start.frame = (struct rt_frame){
		.rip = (u64)rt_handler_entry, .cs = __KERNEL_CS, .flags = X86_EFLAGS_FIXED,
		.rsp = cpu->handler_stack, .ss = __KERNEL_DS, .gs = cpu->gs_base,
	};
	cpu->linux_context.fpu = PTR_ALIGN(gate.fpu, 64);
	/* The registers of a task that ended with them go where nobody reads them. */
	cpu->handler.fpu = cpu->linux_context.fpu + unitron_fpu_size();
	cpu->fpu_owner = &cpu->linux_context;
	cpu->x2apic = x2apic_enabled();
	if (!cpu->x2apic) {
		cpu->lapic = (u32 __force *)ioremap(APIC_DEFAULT_PHYS_BASE, PAGE_SIZE);
		if (!cpu->lapic)
			return -ENOMEM;
	}
	return idt_build(cpu, nmi_gate);
}

static void rt_cpu_clear(void)
{
	if (rt_cpu.lapic)
		iounmap((void __iomem __force *)rt_cpu.lapic);
	vfree(gate.idt);
	vfree(gate.fault_stack);
	vfree(gate.handler_stack);
	kfree(gate.handler_slots);
	kfree(gate.fpu);
}

static void nothing(void *unused)
{
}

static void release_all(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		cpu_clear(cpu);
	if (gate.code) {
		unit_symbols.set_pte_vaddr(CODE_ALIAS, __pte(0));
		unit_symbols.flush_tlb_all();
		free_page((unsigned long)gate.code);
	}
	rt_cpu_clear();
	vunmap(gate.window);
	if (gate.cpus)
		for_each_possible_cpu(cpu)
			kfree(gate.cpus[cpu]);
	kfree(gate.cpus);
	memset(&gate, 0, sizeof(gate));
	memset(&rt_cpu, 0, sizeof(rt_cpu));
}

/* A gate of the form of Linux's, to the stub, on interrupt stack 6 */
static void gate_make(u64 to[2])
{
	gate_desc desc;

	pack_gate(&desc, GATE_INTERRUPT, alias_of(rt_entry_nmi), 0, 6, __KERNEL_CS);
	memcpy(to, &desc, sizeof(desc));
}

/* 0, -ENOMEM, or -EBUSY if somebody else changes the gate at the same time. Nothing is changed on error. */
int gate_take(void)
{
	u64 ours[2];
	unsigned int cpu;
	int err = -ENOMEM;

	memset(&rt_cpu, 0, sizeof(rt_cpu));
	gate.cpus = kcalloc(nr_cpu_ids, sizeof(*gate.cpus), GFP_KERNEL);
	if (!gate.cpus)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		if (cpu == unit_settings.cpu)
			continue;
		gate.cpus[cpu] = kzalloc(sizeof(struct rt_cpu), GFP_KERNEL);
		if (!gate.cpus[cpu])
			goto error_release;
	}
	err = window_map() ?: code_map();
	if (err)
		goto error_release;
	for_each_possible_cpu(cpu) {
		err = cpu_setup(cpu);
		if (err)
			goto error_release;
	}
	gate_make(ours);
	err = rt_cpu_setup(ours);
	if (err)
		goto error_release;
	memcpy(gate.saved_gate, &unit_symbols.idt_table[X86_TRAP_NMI], sizeof(gate_desc));
	if (gate_exchange(gate.saved_gate, ours)) {
		nmi_gate_tell();
		return 0;
	}
	err = -EBUSY;

error_release:
	release_all();
	return err;
}

void gate_restore(void)
{
	u64 ours[2];

	gate_make(ours);
	if (!gate_exchange(ours, gate.saved_gate)) {
		/* Who put himself before us still jumps to the stub: it goes on handing NMIs to Linux. */
		rt_cpu.app = NULL;
		__module_get(THIS_MODULE);
		pr_err("the NMI gate was changed by somebody else meanwhile: it and what it needs stay; reboot before loading again\n");
		return;
	}
	nmi_gate_tell();
	on_each_cpu(nothing, NULL, 1);	/* no CPU is inside the stub after this */
	release_all();
}
