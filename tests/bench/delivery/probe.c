// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures what interrupts cost Linux: reading /proc/delivery raises each kind
 * COUNT times on this CPU and prints the cycles from before the raise to after
 * the handler, "CASE MEDIAN MIN MAX" a line.
 *	linux-timer-irq	the local APIC timer's vector, the timer stopped: an
 *			interrupt that is Linux's, from entry to exit
 *	linux-nmi	an NMI to oneself that Linux's handlers look at
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include <asm/nmi.h>

#define COUNT	1000

static u64 sample[COUNT];
static atomic_t seen;

static int nmi_seen(unsigned int type, struct pt_regs *regs)
{
	atomic_inc(&seen);
	return NMI_HANDLED;
}

static u64 timer_once(void)
{
	u64 start;

	local_irq_disable();
	apic->send_IPI_self(LOCAL_TIMER_VECTOR);
	start = rdtsc_ordered();
	local_irq_enable();		/* it is taken here */
	barrier();
	return rdtsc_ordered() - start;
}

static u64 nmi_once(void)
{
	int before = atomic_read(&seen);
	u64 start = rdtsc_ordered();

	apic->send_IPI(smp_processor_id(), NMI_VECTOR);
	while (atomic_read(&seen) == before)
		cpu_relax();
	return rdtsc_ordered() - start;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void measure(struct seq_file *out, const char *name, u64 (*once)(void), bool irqs_off)
{
	unsigned long flags;

	preempt_disable();
	for (int i = 0; i < COUNT; i++) {
		if (irqs_off)
			local_irq_save(flags);
		sample[i] = once();
		if (irqs_off)
			local_irq_restore(flags);
	}
	preempt_enable();
	sort(sample, COUNT, sizeof(sample[0]), compare, NULL);
	seq_printf(out, "%s %llu %llu %llu\n", name, sample[COUNT / 2], sample[0], sample[COUNT - 1]);
}

static int delivery_show(struct seq_file *out, void *unused)
{
	measure(out, "linux-timer-irq", timer_once, false);
	measure(out, "linux-nmi", nmi_once, true);
	return 0;
}

static int __init probe_init(void)
{
	int error = register_nmi_handler(NMI_LOCAL, nmi_seen, 0, "delivery");

	if (error)
		return error;
	if (!proc_create_single("delivery", 0400, NULL, delivery_show)) {
		unregister_nmi_handler(NMI_LOCAL, "delivery");
		return -ENOMEM;
	}
	return 0;
}

static void __exit probe_exit(void)
{
	remove_proc_entry("delivery", NULL);
	unregister_nmi_handler(NMI_LOCAL, "delivery");
}

module_init(probe_init);
module_exit(probe_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("Unitron benchmarks: what interrupts cost Linux");
