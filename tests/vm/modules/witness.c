// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/witness: the state of Linux that the delivery unit or kernelware
 * changes, or might, and that must be as before when they have left: a line
 * "NAME VALUE" each. Reading it changes nothing but the IO-APIC's index register.
 */
#include <linux/crc32.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <asm/desc.h>
#include <asm/hpet.h>
#include <asm/processor.h>
#include "lookup.h"

static lookup_fn lookup;

static void idts(struct seq_file *out)
{
	struct desc_ptr idt;

	store_idt(&idt);
	seq_printf(out, "idt-register %lx %x\n", idt.address, idt.size);
	seq_printf(out, "idt-content %08x\n", crc32(0, (void *)lookup("idt_table"), IDT_ENTRIES * sizeof(gate_desc)));
}

static void stacks(struct seq_file *out)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		for (unsigned int i = 0; i < 7; i++)
			seq_printf(out, "ist-%u-%u %llx\n", cpu, i + 1, per_cpu(cpu_tss_rw, cpu).x86_tss.ist[i]);
}

/* Of the CPU that reads */
static void registers(struct seq_file *out)
{
	static const u32 msrs[] = { MSR_EFER, MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SYSCALL_MASK, MSR_IA32_SYSENTER_CS, MSR_IA32_SYSENTER_EIP };
	struct desc_ptr gdt;

	preempt_disable();
	seq_printf(out, "cr0 %lx\ncr4 %lx\n", native_read_cr0(), __read_cr4());
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++) {
		u64 value = 0;

		rdmsrl_safe(msrs[i], &value);
		seq_printf(out, "msr-%x %llx\n", msrs[i], value);
	}
	native_store_gdt(&gdt);
	/* Below those of threads (TLS) and of the task register */
	seq_printf(out, "gdt %lx %x %08x\n", gdt.address, gdt.size, crc32(0, (void *)gdt.address, GDT_ENTRY_TSS * 8));
	preempt_enable();
}

static void hpet(struct seq_file *out)
{
	unsigned long address = *(unsigned long *)lookup("hpet_address");
	void __iomem *base = address ? ioremap(address, PAGE_SIZE) : NULL;

	if (!base)
		return;
	for (unsigned int channel = 0; channel <= (readl(base) >> 8 & 31); channel++) {
		seq_printf(out, "hpet-%u-config %x\n", channel, readl(base + HPET_Tn_CFG(channel)));
		if (channel >= 2)
			seq_printf(out, "hpet-%u-compare %x %x\n", channel, readl(base + HPET_Tn_CMP(channel)),
				   readl(base + HPET_Tn_CMP(channel) + 4));
		seq_printf(out, "hpet-%u-route %x %x\n", channel, readl(base + HPET_Tn_ROUTE(channel)),
			   readl(base + HPET_Tn_ROUTE(channel) + 4));
	}
	iounmap(base);
}

static void ioapic(struct seq_file *out)
{
	void __iomem *base = ioremap(0xfec00000, PAGE_SIZE);
	raw_spinlock_t *lock = (void *)lookup("ioapic_lock");
	unsigned long flags;

	for (unsigned int reg = 0x10; base && reg < 0x10 + 2 * 24; reg++) {
		u32 value;

		raw_spin_lock_irqsave(lock, flags);
		writel(reg, base);
		value = readl(base + 0x10);
		raw_spin_unlock_irqrestore(lock, flags);
		seq_printf(out, "ioapic-%x %x\n", reg, value & ~0x1000);	/* not whether one is being delivered */
	}
	iounmap(base);
}

static void memory(struct seq_file *out)
{
	unsigned long begin = lookup("_stext"), end = lookup("_etext");
	unsigned int used = 0;

	seq_printf(out, "text %08x\n", crc32(0, (void *)begin, end - begin));
	begin = lookup("__start_rodata");
	end = lookup("__end_rodata");
	seq_printf(out, "constants %08x\n", crc32(0, (void *)begin, end - begin));
	seq_printf(out, "platform-ipi %lx\n", *(unsigned long *)lookup("x86_platform_ipi_callback"));
	for (unsigned long address = 0xfffffe7fff000000UL; address < 0xfffffe7fff100000UL; address += PAGE_SIZE) {
		unsigned int level;
		pte_t *pte = lookup_address(address, &level);

		used += pte && !pte_none(*pte);
	}
	seq_printf(out, "alias-pages %u\n", used);
}

static int witness_show(struct seq_file *out, void *unused)
{
	idts(out);
	stacks(out);
	registers(out);
	hpet(out);
	ioapic(out);
	memory(out);
	return 0;
}

static int __init witness_init(void)
{
	lookup = lookup_find();
	if (!lookup)
		return -ENOENT;
	return proc_create_single("witness", 0400, NULL, witness_show) ? 0 : -ENOMEM;
}

static void __exit witness_exit(void)
{
	remove_proc_entry("witness", NULL);
}

module_init(witness_init);
module_exit(witness_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("Unitron tests: what of Linux the delivery unit touches");
