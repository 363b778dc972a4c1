// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernelware.ko: programs in kernel mode. Loading checks the whole machine,
 * then sets up the IDT, the gates and the device; Linux itself is changed in
 * one place, an unused entry of each CPU's interrupt stack table, which
 * unloading restores.
 */
#include "prefix.h"
#include <linux/module.h>
#include "kw.h"

static int __init kernelware_init(void)
{
	int err = kw_symbols_resolve();

	if (!err)
		err = kw_machine_check();
	if (err)
		return err;
	err = kw_idt_create();
	if (err)
		return err;
	kw_gates_connect();
	err = kw_device_create();
	if (err)
		goto destroy_idt;
	return 0;

destroy_idt:
	kw_idt_destroy();
	return err;
}

static void __exit kernelware_exit(void)
{
	kw_device_destroy();
	kw_probes_exit();
	kw_idt_destroy();
}

module_init(kernelware_init);
module_exit(kernelware_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("Ordinary programs in kernel mode");
