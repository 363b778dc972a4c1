// SPDX-License-Identifier: GPL-2.0-only
/*
 * A storm of NMIs on CPU 0, at random distances, beside kernelware.ko: by an
 * HPET comparator that sends them, or (source=ipi) from a thread on CPU 1. Each
 * looks what it interrupts, meets a page fault of its own, reads the program's
 * stack, and raises an interrupt that comes when it ends.
 *
 * Write the mean distance in ns to /proc/nmis, 0 to stop; or 1: one NMI each time
 * that a program calls nmis_arm(). Reading gives lines
 * "NAME VALUE": NMIs by what they interrupted, how many different instructions
 * of stubs.S and gate.S that were, and each half of the IST stack in use.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/apic.h>
#include <asm/asm.h>
#include <asm/hpet.h>
#include <asm/nmi.h>
#include <asm/processor.h>
#include "lookup.h"

#define HPET_CHANNEL	2
#define TICK_NS		10		/* of the emulator's HPET */
#define ONE_EACH	1		/* in place of a distance */
#define MIN_TICKS	40		/* so that the comparator is not behind the counter */
#define KW_IST_HALF	4096
#define TEXT_MAX	(96 * 1024)

static char *source = "hpet";
module_param(source, charp, 0400);

/* A part of kernelware.ko's text, and which instructions of it NMIs have met */
struct text {
	const char *first, *last;	/* symbols */
	unsigned long begin, end;
	u64 met;
	unsigned int different;
	DECLARE_BITMAP(seen, TEXT_MAX);
};

static struct text texts[] = {
	{ .first = "kw_stubs", .last = "kw_stub_nmi" },
	{ .first = "kw_gates_begin", .last = "kw_gates_end" },
};
#define STUBS	0
#define GATES	1

static unsigned long gate_last, linux_entry, linux_entry_end;
static u64 nmis, in_user_mode, in_program, in_linux_entry, in_linux, at_gate_last, halves[2], stack_reads, interrupts;
static unsigned int period_ns;
static u32 random = 1;
static u8 *guard;		/* nothing is mapped there */
static void __iomem *hpet;
static u32 hpet_config, hpet_route[2], hpet_compare;
static struct task_struct *sender;

static u32 next_random(void)
{
	random ^= random << 13;
	random ^= random >> 17;
	random ^= random << 5;
	return random;
}

static bool met(struct text *text, unsigned long ip)
{
	if (ip < text->begin || ip >= text->end)
		return false;
	text->met++;
	if (!__test_and_set_bit(ip - text->begin, text->seen))
		text->different++;
	return true;
}

static void note(struct pt_regs *regs)
{
	nmis++;
	at_gate_last += regs->ip == gate_last;
	halves[(this_cpu_read(cpu_tss_rw.x86_tss.ist[IST_INDEX_VC]) - 1) / KW_IST_HALF % 2]++;
	if (user_mode(regs))
		in_user_mode++;
	else if ((long)regs->ip >= 0)
		in_program++;
	else if (regs->ip >= linux_entry && regs->ip < linux_entry_end)
		in_linux_entry++;
	else if (!met(&texts[STUBS], regs->ip) && !met(&texts[GATES], regs->ip))
		in_linux++;
}

/* A page fault within the NMI, handled by an exception table entry */
static noinline void fault(void)
{
	asm volatile("1: movb (%0), %%al\n"
		     "2:"
		     _ASM_EXTABLE(1b, 2b)
		     : : "r" (guard) : "al", "memory");
}

static void on_interrupt(struct irq_work *work)
{
	interrupts++;
}
static DEFINE_IRQ_WORK(interrupt, on_interrupt);

static void hpet_next(void)
{
	u32 ticks = MIN_TICKS + next_random() % (2 * period_ns / TICK_NS);

	writel(readl(hpet + HPET_COUNTER) + ticks, hpet + HPET_Tn_CMP(HPET_CHANNEL));
}

void nmis_arm(unsigned int ticks);

/* For programs in kernel mode: an NMI in so many ticks of the HPET */
noinline void nmis_arm(unsigned int ticks)
{
	writel(readl(hpet + HPET_COUNTER) + ticks, hpet + HPET_Tn_CMP(HPET_CHANNEL));
}

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	u64 word;

	if (smp_processor_id() != 0)
		return NMI_DONE;
	if (!period_ns)
		return NMI_HANDLED;	/* a late one */
	note(regs);
	if (hpet && period_ns != ONE_EACH)
		hpet_next();
	fault();
	if ((long)regs->sp >= 0 && !copy_from_user_nofault(&word, (void __user *)regs->sp, sizeof(word)))
		stack_reads++;
	irq_work_queue(&interrupt);
	return NMI_HANDLED;
}

static int send(void *unused)
{
	while (!kthread_should_stop()) {
		unsigned int ns = READ_ONCE(period_ns);

		if (!ns) {
			msleep(1);
			continue;
		}
		preempt_disable();
		apic->send_IPI(0, NMI_VECTOR);
		ndelay(next_random() % (2 * ns));
		preempt_enable();
		cond_resched();
	}
	return 0;
}

static ssize_t nmis_write(struct file *file, const char __user *text, size_t size, loff_t *pos)
{
	unsigned int ns;
	int err = kstrtouint_from_user(text, size, 0, &ns);

	if (err)
		return err;
	if (ns > 1000000000 || (ns && ns < TICK_NS && ns != ONE_EACH))
		return -EINVAL;
	preempt_disable();
	WRITE_ONCE(period_ns, ns);
	if (ns && ns != ONE_EACH && hpet)
		hpet_next();
	preempt_enable();
	return size;
}

static int nmis_show(struct seq_file *out, void *unused)
{
	seq_printf(out, "nmis %llu\nuser-mode %llu\nprogram %llu\nstubs %llu\ngates %llu\nlinux-entry %llu\nlinux %llu\n", nmis, in_user_mode, in_program,
		   texts[STUBS].met, texts[GATES].met, in_linux_entry, in_linux);
	seq_printf(out, "different-stubs %u\ndifferent-gates %u\ngate-last %llu\nlower-half %llu\nupper-half %llu\nstack-reads %llu\ninterrupts %llu\n",
		   texts[STUBS].different, texts[GATES].different, at_gate_last, halves[0], halves[1], stack_reads, interrupts);
	if (hpet)
		seq_printf(out, "ticks-to-next %d\n", readl(hpet + HPET_Tn_CMP(HPET_CHANNEL)) - readl(hpet + HPET_COUNTER));
	return 0;
}

static int nmis_open(struct inode *inode, struct file *file)
{
	return single_open(file, nmis_show, NULL);
}

static const struct proc_ops operations = {
	.proc_open = nmis_open,
	.proc_read = seq_read,
	.proc_write = nmis_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int source_start(unsigned long hpet_address)
{
	unsigned int config;

	if (!strcmp(source, "ipi")) {
		sender = kthread_create(send, NULL, "nmis");
		if (IS_ERR(sender))
			return PTR_ERR(sender);
		kthread_bind(sender, 1);
		wake_up_process(sender);
		return 0;
	}
	hpet = hpet_address ? ioremap(hpet_address, PAGE_SIZE) : NULL;
	if (!hpet)
		return -ENODEV;
	config = hpet_config = readl(hpet + HPET_Tn_CFG(HPET_CHANNEL));
	hpet_compare = readl(hpet + HPET_Tn_CMP(HPET_CHANNEL));
	for (int i = 0; i < 2; i++)
		hpet_route[i] = readl(hpet + HPET_Tn_ROUTE(HPET_CHANNEL) + 4 * i);
	config &= ~(HPET_TN_LEVEL | HPET_TN_PERIODIC | HPET_TN_SETVAL);
	writel(APIC_DM_NMI, hpet + HPET_Tn_ROUTE(HPET_CHANNEL));
	writel(APIC_DEFAULT_PHYS_BASE, hpet + HPET_Tn_ROUTE(HPET_CHANNEL) + 4);		/* to APIC 0 */
	writel(config | HPET_TN_32BIT | HPET_TN_FSB | HPET_TN_ENABLE, hpet + HPET_Tn_CFG(HPET_CHANNEL));
	return 0;
}

static void source_stop(void)
{
	period_ns = 0;
	if (sender)
		kthread_stop(sender);
	if (!hpet)
		return;
	writel(hpet_config, hpet + HPET_Tn_CFG(HPET_CHANNEL));
	for (int i = 0; i < 2; i++)
		writel(hpet_route[i], hpet + HPET_Tn_ROUTE(HPET_CHANNEL) + 4 * i);
	writel(hpet_compare, hpet + HPET_Tn_CMP(HPET_CHANNEL));
	iounmap(hpet);
}

static int __init nmis_init(void)
{
	lookup_fn lookup = lookup_find();
	unsigned long hpet_address;
	int err;

	if (!lookup)
		return -ENOENT;
	for (unsigned int i = 0; i < ARRAY_SIZE(texts); i++) {
		texts[i].begin = lookup(texts[i].first);
		texts[i].end = lookup(texts[i].last);
		if (!texts[i].begin || texts[i].end - texts[i].begin > TEXT_MAX)
			return -ENOENT;
	}
	gate_last = lookup("kw_gate_last");
	linux_entry = lookup("__entry_text_start");
	linux_entry_end = lookup("__entry_text_end");
	hpet_address = lookup("hpet_address");
	guard = vmalloc(PAGE_SIZE);
	if (!guard)
		return -ENOMEM;
	guard += PAGE_SIZE;		/* vmalloc leaves a page out between areas */
	err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "nmis");
	if (err)
		goto free;
	err = source_start(hpet_address ? *(unsigned long *)hpet_address : 0);
	if (err)
		goto unregister;
	proc_create("nmis", 0600, NULL, &operations);
	return 0;
unregister:
	unregister_nmi_handler(NMI_LOCAL, "nmis");
free:
	vfree(guard - PAGE_SIZE);
	return err;
}

static void __exit nmis_exit(void)
{
	remove_proc_entry("nmis", NULL);
	source_stop();
	msleep(20);			/* the last one has come */
	unregister_nmi_handler(NMI_LOCAL, "nmis");
	irq_work_sync(&interrupt);
	vfree(guard - PAGE_SIZE);
}

module_init(nmis_init);
module_exit(nmis_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("Unitron tests: a storm of NMIs beside kernelware");
