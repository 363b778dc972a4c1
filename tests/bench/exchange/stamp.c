// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/stamp: a write notes the time-stamp counter before it does anything, a
 * read gives it back. So a process can tell how much of the way to a task is
 * Linux's, up to a driver's write, and how much is Unitron's.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <asm/msr.h>

static u64 stamp;

static ssize_t stamp_write(struct file *file, const char __user *from, size_t size, loff_t *offset)
{
	stamp = rdtsc();
	return size;
}

static ssize_t stamp_read(struct file *file, char __user *to, size_t size, loff_t *offset)
{
	if (size != sizeof(stamp))
		return -EINVAL;
	return copy_to_user(to, &stamp, sizeof(stamp)) ? -EFAULT : sizeof(stamp);
}

/* As the unit opens its devices */
static int stamp_open(struct inode *inode, struct file *file)
{
	return stream_open(inode, file);
}

static const struct file_operations operations = {
	.owner = THIS_MODULE, .open = stamp_open, .write = stamp_write, .read = stamp_read,
};

static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "stamp", .fops = &operations };

module_misc_device(device);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("Unitron benches: when a write reaches a driver");
