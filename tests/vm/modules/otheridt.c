// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stands for a module with an IDT of its own: a write of milliseconds (at most
 * 1000) to /proc/otheridt loads a copy of Linux's IDT on this CPU for as long,
 * and looks each of them whether it still is what is loaded. The write fails
 * with EIO if it was not.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>
#include <asm/desc_defs.h>

#define MAX_MS	1000

static gate_desc copy[256] __aligned(PAGE_SIZE);

static struct desc_ptr loaded(void)
{
	struct desc_ptr idt;

	asm volatile("sidt %0" : "=m" (idt));
	return idt;
}

static void load(const struct desc_ptr *idt)
{
	asm volatile("lidt %0" : : "m" (*idt));
}

static ssize_t otheridt_write(struct file *file, const char __user *text, size_t size, loff_t *pos)
{
	struct desc_ptr linux_idt, own = { .size = sizeof(copy) - 1, .address = (unsigned long)copy };
	unsigned int ms;
	int error = kstrtouint_from_user(text, size, 0, &ms);
	bool kept = true;

	if (error)
		return error;
	if (ms > MAX_MS)
		return -EINVAL;
	preempt_disable();
	linux_idt = loaded();
	memcpy(copy, (void *)linux_idt.address, sizeof(copy));
	load(&own);
	for (; ms; ms--) {
		mdelay(1);
		kept &= loaded().address == own.address;
	}
	load(&linux_idt);
	preempt_enable();
	return kept ? size : -EIO;
}

static const struct proc_ops otheridt_ops = {
	.proc_write = otheridt_write,
	.proc_lseek = noop_llseek,
};

static int __init otheridt_init(void)
{
	return proc_create("otheridt", 0200, NULL, &otheridt_ops) ? 0 : -ENOMEM;
}

static void __exit otheridt_exit(void)
{
	remove_proc_entry("otheridt", NULL);
}

module_init(otheridt_init);
module_exit(otheridt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("has an IDT of its own for a while, for tests of Unitron");
