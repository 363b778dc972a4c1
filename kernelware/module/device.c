// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kernelware: requests in process context, each for the calling process.
 * Whoever may open it can do all that the kernel can. The file has no state.
 */
#include "prefix.h"
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/unistd.h>
#include <unitron/kernelware.h>
#include "kw.h"

static long request_info(void __user *to)
{
	const struct kw_info info = {
		.abi = KW_ABI,
		.gate_count = NR_syscalls,
		.gate = (u64)kw_gates,
		.gate_stride = KW_GATE_SIZE,
		.gate_any = (u64)kw_gate_any,
		.gate_call = (u64)kw_gate_call,
		.gate_current = (u64)kw_gate_current,
		.gate_percpu = (u64)kw_gate_percpu,
	};

	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : 0;
}

static long request_symbol(struct kw_symbol __user *to)
{
	struct kw_symbol symbol;
	char *name;
	long err = 0;

	if (copy_from_user(&symbol, to, sizeof(symbol)))
		return -EFAULT;
	name = strndup_user((const char __user *)symbol.name, KW_SYMBOL_SIZE);
	if (IS_ERR(name))
		return PTR_ERR(name) == -EINVAL ? -ENAMETOOLONG : PTR_ERR(name);
	symbol.address = kw_symbol_lookup(name);
	kfree(name);
	if (!symbol.address)
		err = -ENOENT;
	else if (put_user(symbol.address, &to->address))
		err = -EFAULT;
	return err;
}

static long device_ioctl(struct file *file, unsigned int request, unsigned long argument)
{
	switch (request) {
	case KW_INFO:
		return request_info((void __user *)argument);
	case KW_ENTER:
		return argument > UINT_MAX ? -EINVAL : kw_enter(argument);
	case KW_LEAVE:
		return kw_leave();
	case KW_SYMBOL:
		return request_symbol((struct kw_symbol __user *)argument);
	}
	return -ENOTTY;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = device_ioctl,
	.llseek = noop_llseek,
};

static ssize_t statistics_show(struct device *device, struct device_attribute *attribute, char *to)
{
	return sysfs_emit(to,
			  "entered %llu\ninherited %llu\nleft %llu\nended %llu\n"
			  "promotions %llu\nprogram_events %llu\nkernel_events %llu\nclosed_later %llu\nlost_shadows %llu\n",
			  kw_counts.entered, kw_counts.inherited, kw_counts.left, kw_counts.ended,
			  kw_promotions, kw_program_events, kw_kernel_events, kw_opened_entries, kw_lost_shadows);
}
static DEVICE_ATTR_RO(statistics);

static struct attribute *device_attrs[] = { &dev_attr_statistics.attr, NULL };
ATTRIBUTE_GROUPS(device);

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kernelware",
	.fops = &operations,
	.groups = device_groups,
	.mode = 0600,
};

int kw_device_create(void)
{
	return misc_register(&device);
}

void kw_device_destroy(void)
{
	misc_deregister(&device);
}
