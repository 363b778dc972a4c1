// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IDT that is loaded while a kernelware thread is on a CPU: every gate of
 * Linux's leads to a stub (stubs.S) that runs on a stack of ours. Left alone
 * are double faults, machine checks and #VC; #DB and NMI keep the stack that
 * they have in Linux's.
 *
 * Linux's IDT itself is never changed. Its NMI gate may be: by the real-time
 * module, which tells (linux/nmi_gate.h), since a program may keep its CPU for
 * long. Whoever does not tell is found at the next switch: kw_idt_load looks at
 * the gate each time.
 */
#include "prefix.h"
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <asm/cpu_entry_area.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/trapnr.h>
#include "../../linux/nmi_gate.h"
#include "compat.h"
#include "kw.h"

extern char kw_stub_nmi_taken[];

u64 kw_linux_entry[IDT_ENTRIES];
u64 kw_nmi_owner;
u64 kw_ist_low, kw_ist_high;
u64 kw_pgd_mask, kw_page_offset, kw_noflush;
u32 kw_pgd_shift;
u8 kw_isolation, kw_smap, kw_fsgsbase;
u64 kw_promotions, kw_program_events, kw_kernel_events, kw_opened_entries, kw_lost_shadows;

static struct desc_ptr linux_idt, our_idt;
static gate_desc nmi_gate;		/* Linux's, as the IDT follows it now */
static DEFINE_RAW_SPINLOCK(nmi_lock);
static void *stacks;
static int hotplug_state = -1;

/* What stubs.S finds at the bottom of a CPU's stack */
struct ist_area {
	u64 *entry;
	u64 sp0;
	u64 nmi_stack;
	u64 scratch;
	u64 gs;
	u64 linux_ist;		/* Linux's value of the entry */
};

static struct ist_area *area_of(unsigned int cpu)
{
	return (struct ist_area *)(kw_ist_low + (u64)cpu * KW_IST_SIZE);
}

static void gate_redirect(gate_desc *gate, const void *entry, unsigned int ist)
{
	u64 addr = (u64)entry;

	gate->offset_low = (u16)addr;
	gate->offset_middle = (u16)(addr >> 16);
	gate->offset_high = (u32)(addr >> 32);
	gate->bits.ist = ist;
}

/*
 * Somebody has taken or given back Linux's NMI gate. Stub and stack change by
 * one write, since an NMI may come in between on another CPU: the two stubs
 * are less than 4 GiB apart, and differ in the gate's first half only.
 */
static void nmi_follow(const gate_desc *linux_gate)
{
	gate_desc *ours = (gate_desc *)our_idt.address + X86_TRAP_NMI, gate;
	bool taken;
	u64 half;

	raw_spin_lock(&nmi_lock);
	do {		/* in one piece, though another CPU may be changing it */
		gate = *linux_gate;
		barrier();
	} while (memcmp(&gate, linux_gate, sizeof(gate)));
	taken = gate_offset(&gate) != kw_linux_entry[X86_TRAP_NMI];
	if (taken)
		WRITE_ONCE(kw_nmi_owner, gate_offset(&gate));
	nmi_gate = gate;
	gate_redirect(&gate, taken ? kw_stub_nmi_taken : kw_stub_nmi, gate.bits.ist);
	memcpy(&half, &gate, sizeof(half));
	WRITE_ONCE(*(u64 *)ours, half);
	raw_spin_unlock(&nmi_lock);
}

static const gate_desc *linux_nmi_gate(void)
{
	return (gate_desc *)linux_idt.address + X86_TRAP_NMI;
}

void kernelware_nmi_gate_changed(void)
{
	nmi_follow(linux_nmi_gate());
}
EXPORT_SYMBOL_GPL(kernelware_nmi_gate_changed);

void kw_idt_load(bool ours)
{
	const gate_desc *linux_gate = linux_nmi_gate();

	if (ours && unlikely(memcmp(linux_gate, &nmi_gate, sizeof(nmi_gate))))
		nmi_follow(linux_gate);
	asm volatile("lidt %0" : : "m" (*(ours ? &our_idt : &linux_idt)) : "memory");
}

/*
 * On the CPU itself, when it comes up: Linux has written the entry anew. When
 * it goes down the entry stays, since threads may run there after any callback.
 */
static int stack_install(unsigned int cpu)
{
	struct x86_hw_tss *tss = &per_cpu(cpu_tss_rw, cpu).x86_tss;
	struct ist_area *area = area_of(cpu);

	area->entry = &tss->ist[KW_IST - 1];
	area->sp0 = tss->sp0;
	area->nmi_stack = tss->ist[IST_INDEX_NMI] - EXCEPTION_STKSZ;
	rdmsrl(MSR_GS_BASE, area->gs);
	area->linux_ist = tss->ist[KW_IST - 1];
	WRITE_ONCE(tss->ist[KW_IST - 1], (u64)area + KW_IST_SIZE - KW_IST_UNUSED);
	return 0;
}

static void stack_remove(unsigned int cpu)
{
	struct ist_area *area = area_of(cpu);

	if (area->entry)
		WRITE_ONCE(*area->entry, area->linux_ist);
}

static void idt_fill(gate_desc *idt)
{
	for (unsigned int vector = 0; vector < IDT_ENTRIES; vector++) {
		gate_desc *gate = &idt[vector];

		kw_linux_entry[vector] = gate_offset(gate);
		if (!gate->bits.p || vector == X86_TRAP_DF || vector == X86_TRAP_MC || vector == X86_TRAP_VC)
			continue;
		if (vector == X86_TRAP_DB)
			gate_redirect(gate, kw_stub_debug, gate->bits.ist);
		else if (vector == X86_TRAP_NMI)
			gate_redirect(gate, kw_stub_nmi, gate->bits.ist);
		else
			gate_redirect(gate, kw_stubs + vector * KW_STUB_SIZE, KW_IST);
	}
}

static void machine_describe(void)
{
	kw_page_offset = PAGE_OFFSET;
	kw_pgd_shift = PGDIR_SHIFT;
	kw_pgd_mask = CR3_ADDR_MASK;
	kw_smap = boot_cpu_has(X86_FEATURE_SMAP);
	kw_fsgsbase = boot_cpu_has(X86_FEATURE_FSGSBASE);
	kw_isolation = boot_cpu_has(X86_FEATURE_PTI);
	if (kw_isolation) {
		kw_pgd_mask &= ~(u64)PAGE_SIZE;	/* the kernel's of the pair of page tables */
		kw_noflush = boot_cpu_has(X86_FEATURE_PCID) ? X86_CR3_PCID_NOFLUSH : 0;
	}
}

int kw_idt_create(void)
{
	gate_desc *idt = (gate_desc *)get_zeroed_page(GFP_KERNEL);

	BUILD_BUG_ON(offsetof(struct ist_area, entry) != IST_ENTRY);
	BUILD_BUG_ON(offsetof(struct ist_area, sp0) != IST_SP0);
	BUILD_BUG_ON(offsetof(struct ist_area, nmi_stack) != IST_NMI_STACK);
	BUILD_BUG_ON(offsetof(struct ist_area, scratch) != IST_SCRATCH);
	BUILD_BUG_ON(offsetof(struct ist_area, gs) != IST_GS);
	stacks = vzalloc((u64)(nr_cpu_ids + 1) * KW_IST_SIZE);
	if (!idt || !stacks)
		goto free;
	kw_ist_low = ALIGN((u64)stacks, KW_IST_SIZE);
	kw_ist_high = kw_ist_low + (u64)nr_cpu_ids * KW_IST_SIZE;
	machine_describe();
	store_idt(&linux_idt);
	memcpy(idt, (void *)linux_idt.address, IDT_ENTRIES * sizeof(gate_desc));
	our_idt.address = (unsigned long)idt;
	our_idt.size = IDT_ENTRIES * sizeof(gate_desc) - 1;
	nmi_gate = idt[X86_TRAP_NMI];
	idt_fill(idt);
	kw_linux_entry[X86_TRAP_NMI] = kw_symbols.asm_exc_nmi;
	nmi_follow(&nmi_gate);
	hotplug_state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kernelware:online", stack_install, NULL);
	if (hotplug_state < 0)
		goto free;
	return 0;
free:
	vfree(stacks);
	free_page((unsigned long)idt);
	return -ENOMEM;
}

void kw_idt_destroy(void)
{
	unsigned int cpu;

	cpuhp_remove_state_nocalls(hotplug_state);
	cpus_read_lock();
	for_each_possible_cpu(cpu)
		stack_remove(cpu);
	cpus_read_unlock();
	vfree(stacks);
	free_page(our_idt.address);
}
