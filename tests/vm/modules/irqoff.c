// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps Linux's interrupts off for as long as it is told: write microseconds
 * (at most 100000) to /proc/irqoff. The write returns when they are over.
 * Stands for the worst that a driver may do to everybody else's timing.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

#define MAX_US	100000
#define STEP_US	100

static ssize_t irqoff_write(struct file *file, const char __user *text, size_t size, loff_t *pos)
{
	unsigned long flags;
	unsigned int us;
	int error = kstrtouint_from_user(text, size, 0, &us);

	if (error)
		return error;
	if (us > MAX_US)
		return -EINVAL;
	local_irq_save(flags);
	for (; us >= STEP_US; us -= STEP_US)
		udelay(STEP_US);
	udelay(us);
	local_irq_restore(flags);
	return size;
}

static const struct proc_ops irqoff_ops = {
	.proc_write = irqoff_write,
	.proc_lseek = noop_llseek,
};

static int __init irqoff_init(void)
{
	return proc_create("irqoff", 0200, NULL, &irqoff_ops) ? 0 : -ENOMEM;
}

static void __exit irqoff_exit(void)
{
	remove_proc_entry("irqoff", NULL);
}

module_init(irqoff_init);
module_exit(irqoff_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("keeps interrupts off on request, for tests of Unitron");
